// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Reads /proc, /sys, git and the executable itself.

#include "benchmarks/machine.h"

#include <elf.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

#include "benchmarks/command.h"
#include "benchmarks/quota.h"
#include "benchmarks/text.h"

namespace unpark::benchmarks {
namespace {

constexpr char kUnknown[] = "unknown";

std::string FirstLine(const std::string& path) {
  std::string text = ReadFile(path);
  text.resize(std::min(text.find('\n'), text.size()));
  return text.empty() ? kUnknown : text;
}

// The value of "key : value" in a /proc file.
std::string Field(const std::string& path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::size_t colon = line.find(':');
    if (!line.starts_with(key) || colon == std::string::npos) continue;
    std::size_t start = line.find_first_not_of(" \t", colon + 1);
    return start == std::string::npos ? kUnknown : line.substr(start);
  }
  return kUnknown;
}

std::string Turbo() {
  std::string no_turbo = FirstLine("/sys/devices/system/cpu/intel_pstate/no_turbo");
  if (no_turbo != kUnknown) return no_turbo == "0" ? "on" : "off";
  std::string boost = FirstLine("/sys/devices/system/cpu/cpufreq/boost");
  if (boost != kUnknown) return boost == "1" ? "on" : "off";
  return kUnknown;
}

std::string Smt() {
  std::string active = FirstLine("/sys/devices/system/cpu/smt/active");
  if (active == kUnknown) return kUnknown;
  return active == "1" ? "on" : "off";
}

std::string MachineId(const std::string& cpu_model) {
  long long kib = std::atoll(Field("/proc/meminfo", "MemTotal").c_str());
  long long gib = (kib + (1 << 19)) >> 20;  // to the nearest: the kernel keeps a varying part
  return HashText(cpu_model + "|" + std::to_string(CpuCount()) + "|" + std::to_string(gib));
}

std::string Compiler() {
#if defined(__clang__)
  return std::string("clang ") + __clang_version__;
#else
  return std::string("gcc ") + __VERSION__;
#endif
}

bool IsCodeFlag(const std::string& flag) {
  for (const char* prefix : {"-O", "-f", "-m", "-std", "-g", "-pg", "-DNDEBUG", "-D_FORTIFY"}) {
    if (flag.starts_with(prefix)) return true;
  }
  return false;
}

// Prefix maps name folders of the machine and change no code.
bool NamesAFolder(const std::string& flag) { return flag.find('/') != std::string::npos; }

}  // namespace

std::string HashText(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char c : text) hash = (hash ^ c) * 0x100000001b3;
  char hex[17];
  std::snprintf(hex, sizeof hex, "%016llx", static_cast<unsigned long long>(hash));
  return hex;
}

std::string HashFile(const std::string& path) { return HashText(ReadFile(path)); }

std::map<std::string, std::string> DescribeMachine() {
  utsname system{};
  bool known = uname(&system) == 0;
  std::string model = Field("/proc/cpuinfo", "model name");
  std::string executable = ReadFile("/proc/self/exe");
  return {
      {"build_id", HashText(executable)},
      {"compiler", Compiler()},
      {"compiler_flags", RecordedCompilerFlags(executable)},
      {"cpu_model", model},
      {"kernel", known ? std::string(system.sysname) + " " + system.release : kUnknown},
      {"cgroup_quota", QuotaText()},
      {"governor", FirstLine("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")},
      {"turbo", Turbo()},
      {"smt", Smt()},
      {"machine", MachineId(model)},
  };
}

int CpuCount() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
}

std::string FindCommit(const std::string& directory, const std::string& given, Commit* commit) {
  CommandResult head = RunCommand(directory, {"git", "rev-parse", "HEAD"});
  bool has_git = head.status == 0 && head.output.size() == 40;
  if (!has_git && given.empty()) {
    std::string reason = head.status == 127 ? "git is not installed" : head.Reason();
    return "the commit is not known (" + reason + " in " + directory +
           "): give it with --commit=HASH";
  }
  *commit = {given.empty() ? head.output : given, "", ""};
  if (!has_git) return "";
  CommandResult time = RunCommand(directory, {"git", "show", "-s", "--format=%cI", commit->hash});
  if (time.status == 0) commit->time = time.output;
  if (commit->hash == head.output) {
    CommandResult status =
        RunCommand(directory, {"git", "status", "--porcelain", "--untracked-files=no"});
    if (status.status == 0) commit->dirty = status.output.empty() ? "false" : "true";
  }
  return "";
}

std::string WorkspaceDirectory() {
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  return workspace != nullptr ? workspace : std::filesystem::current_path().string();
}

std::string UserPath(const std::string& path) {
  const char* working = std::getenv("BUILD_WORKING_DIRECTORY");
  if (working == nullptr) return path;
  return (std::filesystem::path(working) / path).string();
}

std::string RecordedCompilerFlags(const std::string& elf) {
  auto read = [&elf](std::size_t offset, auto* object) {
    if (offset > elf.size() || elf.size() - offset < sizeof *object) return false;
    std::memcpy(object, elf.data() + offset, sizeof *object);
    return true;
  };
  Elf64_Ehdr header;
  Elf64_Shdr names;
  if (!read(0, &header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return kUnknown;
  if (!read(header.e_shoff + std::size_t{header.e_shstrndx} * sizeof names, &names)) {
    return kUnknown;
  }
  for (std::size_t i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr section;
    if (!read(header.e_shoff + i * sizeof section, &section)) break;
    std::size_t name = names.sh_offset + section.sh_name;
    if (name >= elf.size() || std::string(elf.c_str() + name) != ".GCC.command.line") continue;
    if (section.sh_offset > elf.size() || section.sh_size > elf.size() - section.sh_offset) break;
    std::string text = elf.substr(section.sh_offset, section.sh_size);
    for (char& c : text) {
      if (c == '\0') c = ' ';
    }
    std::stringstream words(text);
    std::set<std::string> seen;
    std::string flags;
    for (std::string word; words >> word;) {
      if (!IsCodeFlag(word) || NamesAFolder(word) || !seen.insert(word).second) continue;
      flags += (flags.empty() ? "" : " ") + word;
    }
    return flags.empty() ? kUnknown : flags;
  }
  return kUnknown;
}

}  // namespace unpark::benchmarks
