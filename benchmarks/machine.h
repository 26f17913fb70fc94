// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Machine: what a run must say of its machine, build and commit to be comparable with another run.

#ifndef BENCHMARKS_MACHINE_H_
#define BENCHMARKS_MACHINE_H_

#include <map>
#include <string>

namespace unpark::benchmarks {

// Keys build_id (a hash of the executable), compiler, compiler_flags, cpu_model, kernel,
// cgroup_quota, governor, turbo, smt, machine. What cannot be read is "unknown". `machine` names no
// host: it is a hash of the CPU's model, the number of CPUs and the memory in GiB, so that runs of
// equal machines form one history.
std::map<std::string, std::string> DescribeMachine();

// FNV-1a of 64 bits, in hexadecimal. A file that cannot be read is taken for an empty one.
std::string HashText(const std::string& text);
std::string HashFile(const std::string& path);

// CPUs this process may use at once: its affinity mask.
int CpuCount();

struct Commit {
  std::string hash;   // 40 hexadecimal digits
  std::string dirty;  // "true": tracked files differ from it; "false"; empty: not known
  std::string time;   // RFC 3339; empty: not known
};

// Asks git in `directory`. A non-empty `given` hash is taken as it is, and git is asked only for
// what it knows of that commit. Returns an empty string, or why the commit is not known.
std::string FindCommit(const std::string& directory, const std::string& given, Commit* commit);

// Where the user stands: `bazel run` changes the working directory and says so in the environment.
std::string WorkspaceDirectory();
std::string UserPath(const std::string& path);

// The compiler's flags that change code (-O, -f, -m, -std, -g, -pg, -DNDEBUG, -D_FORTIFY...), as
// gcc and clang record them in the executable's section .GCC.command.line under
// -frecord-gcc-switches; "unknown" where there are none. `elf` is the file's content.
std::string RecordedCompilerFlags(const std::string& elf);

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_MACHINE_H_
