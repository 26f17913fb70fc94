// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// How many CPUs this process may use: affinity mask and cgroup quota.
#ifndef UNPARK_RUNTIME_OS_PROCS_H_
#define UNPARK_RUNTIME_OS_PROCS_H_

#include <optional>
#include <string>

#include "runtime/options.h"

namespace unpark::os {

// CPUs in this process's affinity mask, at least 1.
int UsableCpus();

// The tightest CPU quota of this process's cgroup and its parents, in CPUs (quota / period); none
// without one. Reads cgroup v1 and v2 under `root` (tests pass a directory of their own; the
// machine's is "").
std::optional<double> CgroupCpuQuota(const std::string& root = "");

// The number of Ps that a rule yields from these two.
int ProcsByRule(ProcsRule rule, int cpus, std::optional<double> quota);
int DefaultProcs(ProcsRule rule);

}  // namespace unpark::os

#endif  // UNPARK_RUNTIME_OS_PROCS_H_
