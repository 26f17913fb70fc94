// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// CpuQuota: puts this process under a CPU quota, as a container's limit does, for one row.

#ifndef BENCHMARKS_QUOTA_H_
#define BENCHMARKS_QUOTA_H_

#include <cstdint>
#include <memory>
#include <string>

namespace unpark::benchmarks {

// What the kernel counted against the group since it was made.
struct Throttling {
  std::uint64_t periods = 0;      // of 100 ms, in which the quota was used up
  std::uint64_t nanoseconds = 0;  // for which the CPUs' run queues had to wait, summed
};

// Holds a child cgroup `unpark-<pid>` (cgroup v1's cpu controller or cgroup v2) with every thread
// of this process in it; the destructor moves the process back and removes the group. Works for
// root alone. One at a time.
//
//   std::string why_not;
//   if (auto quota = CpuQuota::Impose(0.5, &why_not)) Run(); else Report(why_not);
class CpuQuota {
 public:
  // Null and a reason in `why_not` where the machine does not allow it.
  static std::unique_ptr<CpuQuota> Impose(double cpus, std::string* why_not);

  // Says why Impose would fail, or nothing: makes a group and removes it, without moving in.
  static std::string WhyNot();

  ~CpuQuota();
  CpuQuota(const CpuQuota&) = delete;
  CpuQuota& operator=(const CpuQuota&) = delete;

  Throttling Read() const;

 private:
  CpuQuota(std::string home, std::string group, bool v2, std::string enabled_in);

  std::string home_;   // the cgroup to go back to
  std::string group_;  // ours
  bool v2_;
  std::string enabled_in_;  // v2: where this object switched the controller on; else empty
};

// Where this process stands in the hierarchy that has the CPU controller.
struct CgroupPlace {
  std::string mount;      // the hierarchy's mount point; empty: there is no such hierarchy
  std::string directory;  // this process's own group, at or below the mount point
  bool v2 = false;
};

// Reads the texts of /proc/self/mountinfo and /proc/self/cgroup. A cgroup v1 hierarchy with the
// cpu controller comes first, since v2 does not have that controller then.
CgroupPlace LocateCpuCgroup(const std::string& mountinfo, const std::string& cgroup);

// Removes the groups of processes that were killed before they could. Call it at the start.
void RemoveStaleQuotas();

// The quota that this process is under: "none", or CPUs such as "1.5".
std::string QuotaText();

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_QUOTA_H_
