// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Reads the ELF symbol table of /proc/self/exe.
#include "runtime/observe/symbolize.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace unpark {
namespace {

struct Function {
  std::uint64_t start, size;
  const char* name;  // in the mapped file
};

// The functions of the executable, by address, as linked.
struct SymbolTable {
  std::vector<Function> functions;
  std::uint64_t load_bias = 0;
};

SymbolTable ReadTable() {
  SymbolTable table;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* arg) {
        static_cast<SymbolTable*>(arg)->load_bias = info->dlpi_addr;
        return 1;  // the first entry is the executable
      },
      &table);
  const int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  struct stat st {};
  if (fd < 0 || fstat(fd, &st) != 0) {
    if (fd >= 0) close(fd);
    return table;
  }
  const auto size = static_cast<std::size_t>(st.st_size);
  void* map = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);  // kept: names point into it
  close(fd);
  if (map == MAP_FAILED) return table;
  const char* file = static_cast<const char*>(map);
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(file);
  const auto* sections = reinterpret_cast<const Elf64_Shdr*>(file + header->e_shoff);
  for (int i = 0; i < header->e_shnum; ++i) {
    if (sections[i].sh_type != SHT_SYMTAB) continue;
    const auto* symbols = reinterpret_cast<const Elf64_Sym*>(file + sections[i].sh_offset);
    const char* names = file + sections[sections[i].sh_link].sh_offset;
    for (std::size_t k = 0; k < sections[i].sh_size / sizeof(Elf64_Sym); ++k) {
      if (ELF64_ST_TYPE(symbols[k].st_info) != STT_FUNC || symbols[k].st_value == 0) continue;
      table.functions.push_back(
          {symbols[k].st_value, symbols[k].st_size, names + symbols[k].st_name});
    }
  }
  std::sort(table.functions.begin(), table.functions.end(),
            [](const Function& a, const Function& b) { return a.start < b.start; });
  return table;
}

std::string Named(const char* mangled, std::uint64_t offset) {
  int status = 0;
  char* demangled = abi::__cxa_demangle(mangled, nullptr, nullptr, &status);
  std::string text = status == 0 ? demangled : mangled;
  std::free(demangled);
  char tail[32];
  std::snprintf(tail, sizeof tail, " +0x%llx", static_cast<unsigned long long>(offset));
  return text + tail;
}

}  // namespace

std::string Symbolize(const void* address) {
  static const SymbolTable table = ReadTable();
  const auto at = reinterpret_cast<std::uint64_t>(address);
  const std::uint64_t linked = at - table.load_bias;
  auto after = std::upper_bound(table.functions.begin(), table.functions.end(), linked,
                                [](std::uint64_t a, const Function& f) { return a < f.start; });
  if (after != table.functions.begin()) {
    const Function& f = *std::prev(after);
    if (linked < f.start + std::max<std::uint64_t>(f.size, 1))
      return Named(f.name, linked - f.start);
  }
  Dl_info info;
  if (dladdr(address, &info) != 0 && info.dli_sname != nullptr) {
    return Named(info.dli_sname, at - reinterpret_cast<std::uint64_t>(info.dli_saddr));
  }
  char hex[32];
  std::snprintf(hex, sizeof hex, "0x%llx", static_cast<unsigned long long>(at));
  return hex;
}

}  // namespace unpark
