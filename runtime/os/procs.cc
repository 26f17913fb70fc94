// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Reads /proc/self/{cgroup,mountinfo} and the controller's files.
#include "runtime/os/procs.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <vector>

namespace unpark::os {
namespace {

struct Mount {
  std::string root, point, type, options;
};

std::vector<Mount> CgroupMounts(const std::string& root) {
  std::vector<Mount> mounts;
  std::ifstream in(root + "/proc/self/mountinfo");
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string id, parent, device, word;
    Mount m;
    fields >> id >> parent >> device >> m.root >> m.point;
    while (fields >> word && word != "-") {
    }
    std::string source;
    fields >> m.type >> source >> m.options;
    if (m.type == "cgroup" || m.type == "cgroup2") mounts.push_back(m);
  }
  return mounts;
}

// Whether `word` is one of the comma-separated words of `list`.
bool HasWord(const std::string& list, const std::string& word) {
  return ("," + list + ",").find("," + word + ",") != std::string::npos;
}

std::optional<double> QuotaV2(const std::string& dir) {
  std::ifstream in(dir + "/cpu.max");
  std::string quota;
  double period = 0;
  if (!(in >> quota >> period) || quota == "max" || period <= 0) return std::nullopt;
  return std::stod(quota) / period;
}

std::optional<double> QuotaV1(const std::string& dir) {
  double quota = -1, period = 0;
  std::ifstream(dir + "/cpu.cfs_quota_us") >> quota;
  std::ifstream(dir + "/cpu.cfs_period_us") >> period;
  if (quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

}  // namespace

int UsableCpus() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

std::optional<double> CgroupCpuQuota(const std::string& root) {
  const std::vector<Mount> mounts = CgroupMounts(root);
  std::optional<double> tightest;
  std::ifstream in(root + "/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    // hierarchy:controllers:path; v2 has no controllers.
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    std::string path = line.substr(second + 1);
    const bool v2 = controllers.empty();
    if (!v2 && !HasWord(controllers, "cpu")) continue;
    for (const Mount& m : mounts) {
      if (v2 ? m.type != "cgroup2" : m.type != "cgroup" || !HasWord(m.options, "cpu")) continue;
      // Inside a container the path starts with the mount's own root.
      if (m.root != "/" && path.starts_with(m.root)) path = path.substr(m.root.size());
      for (;;) {
        const std::string dir = root + m.point + (path == "/" ? "" : path);
        const std::optional<double> quota = v2 ? QuotaV2(dir) : QuotaV1(dir);
        if (quota && (!tightest || *quota < *tightest)) tightest = quota;
        const auto slash = path.rfind('/');
        if (path.empty() || path == "/" || slash == std::string::npos) break;
        path = slash == 0 ? "/" : path.substr(0, slash);
      }
    }
  }
  return tightest;
}

int ProcsByRule(ProcsRule rule, int cpus, std::optional<double> quota) {
  if (!quota || rule == ProcsRule::kHostCpus) return cpus;
  if (rule == ProcsRule::kQuotaFloor)
    return std::clamp(static_cast<int>(std::floor(*quota)), 1, cpus);
  return std::min(cpus, std::max(2, static_cast<int>(std::ceil(*quota))));
}

int DefaultProcs(ProcsRule rule) { return ProcsByRule(rule, UsableCpus(), CgroupCpuQuota()); }

}  // namespace unpark::os
