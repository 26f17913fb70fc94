// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The part of sanitizer.h that talks to ThreadSanitizer's runtime.
#include "runtime/os/sanitizer.h"

#if UNPARK_TSAN_UNORDERED

#include <link.h>
#include <sys/mman.h>

#include <array>
#include <cstring>

extern "C" {
void AnnotateIgnoreReadsBegin(const char* file, int line);  // and writes
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreSyncBegin(const char* file, int line);
void AnnotateIgnoreSyncEnd(const char* file, int line);
void AnnotateBenignRaceSized(const char* file, int line, void* address, long size,
                             const char* description);
}

namespace unpark::os {
namespace {

thread_local int t_depth = 0;

}  // namespace

// Both out of line and not instrumented: the flow may have changed threads since the last call, and
// flows share the thread's word.
[[gnu::noinline, gnu::no_sanitize("thread")]] int UnseenDepth() {
  asm volatile("");
  return t_depth;
}

[[gnu::noinline, gnu::no_sanitize("thread")]] void SetUnseenDepth(int depth) {
  asm volatile("");
  const bool was_unseen = t_depth != 0;
  t_depth = depth;
  if (was_unseen == (depth != 0)) return;
  if (was_unseen) {
    AnnotateIgnoreSyncEnd(__FILE__, __LINE__);
    AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
  } else {
    AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
    AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
  }
}

void Trust(void* begin, std::size_t size) {
  AnnotateBenignRaceSized(__FILE__, __LINE__, begin, static_cast<long>(size),
                          "one user at a time, by the scheduler");
}

void TrustThreadLocals() {
  const auto trust = [](dl_phdr_info* module, std::size_t, void*) {
    for (int i = 0; i < module->dlpi_phnum; ++i) {
      const auto& segment = module->dlpi_phdr[i];
      if (segment.p_type == PT_TLS && module->dlpi_tls_data != nullptr)
        Trust(module->dlpi_tls_data, segment.p_memsz);
    }
    return 0;
  };
  dl_iterate_phdr(trust, nullptr);
}

void Renew(char* begin, std::size_t size, std::size_t keep) {
  const Unseen unseen;
  std::array<char, 64> kept;
  std::memcpy(kept.data(), begin + size - keep, keep);
  // ThreadSanitizer forgets what it knows of memory that is mapped.
  mmap(begin, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
       -1, 0);
  madvise(begin, size, MADV_NOHUGEPAGE);  // as its neighbours, or it stays a mapping of its own
  std::memcpy(begin + size - keep, kept.data(), keep);
}

}  // namespace unpark::os

#endif
