// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Tests of CpuQuota: where the cgroup is looked for, and that a quota throttles and goes away.

#include "benchmarks/quota.h"

#include <unistd.h>

#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

#include "gtest/gtest.h"

namespace unpark::benchmarks {
namespace {

constexpr char kV1Mounts[] =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "33 31 0:30 / /sys/fs/cgroup/cpuset rw,relatime shared:9 - cgroup cgroup rw,cpuset\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:8 - cgroup cgroup rw,cpu,cpuacct\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

TEST(LocateCpuCgroup, PrefersTheV1HierarchyThatHasTheController) {
  CgroupPlace place = LocateCpuCgroup(kV1Mounts, "3:cpuset:/other\n2:cpu,cpuacct:/jobs/a\n0::/x\n");
  EXPECT_FALSE(place.v2);
  EXPECT_EQ(place.mount, "/sys/fs/cgroup/cpu,cpuacct");
  EXPECT_EQ(place.directory, "/sys/fs/cgroup/cpu,cpuacct/jobs/a");
}

TEST(LocateCpuCgroup, TakesV2WhereThereIsNoV1) {
  CgroupPlace place =
      LocateCpuCgroup("30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n",
                      "0::/user.slice/session-1.scope\n");
  EXPECT_TRUE(place.v2);
  EXPECT_EQ(place.mount, "/sys/fs/cgroup");
  EXPECT_EQ(place.directory, "/sys/fs/cgroup/user.slice/session-1.scope");
}

TEST(LocateCpuCgroup, CutsTheMountsRootInsideAContainer) {
  CgroupPlace place = LocateCpuCgroup(
      "32 31 0:29 /docker/4f /sys/fs/cgroup/cpu ro,relatime - cgroup cgroup rw,cpu\n",
      "2:cpu:/docker/4f/inner\n");
  EXPECT_EQ(place.directory, "/sys/fs/cgroup/cpu/inner");
}

TEST(LocateCpuCgroup, TakesTheFirstOfTwoMounts) {
  std::string mounts = std::string(kV1Mounts) +
                       "90 80 0:29 / /srv/chroot/sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n";
  EXPECT_EQ(LocateCpuCgroup(mounts, "").mount, "/sys/fs/cgroup/cpu,cpuacct");
}

TEST(LocateCpuCgroup, IsEmptyWithoutCgroups) {
  EXPECT_EQ(LocateCpuCgroup("22 1 8:1 / / rw - ext4 /dev/sda1 rw\n", "").mount, "");
}

std::string OwnCgroups() {
  std::ifstream file("/proc/self/cgroup");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Uses the CPU until the kernel has throttled the group and let it go on, however long that takes.
// Only then does it add up the time.
void BurnUntilThrottled(const CpuQuota& quota) {
  volatile unsigned sink = 0;
  while (quota.Read().nanoseconds == 0) {
    for (unsigned i = 0; i < 1'000'000; ++i) sink = sink + i;
  }
}

TEST(CpuQuota, ThrottlesAndLeavesNothingBehind) {
  std::string why_not = CpuQuota::WhyNot();
  if (!why_not.empty()) GTEST_SKIP() << "no quota can be made here: " << why_not;
  std::string home = OwnCgroups();
  {
    // So small that a busy machine leaves us more than that.
    auto quota = CpuQuota::Impose(0.02, &why_not);
    ASSERT_NE(quota, nullptr) << why_not;
    EXPECT_NE(OwnCgroups(), home);
    EXPECT_EQ(QuotaText(), "0.02");
    BurnUntilThrottled(*quota);
    EXPECT_GT(quota->Read().periods, 0u);
  }
  EXPECT_EQ(OwnCgroups(), home);
  auto again = CpuQuota::Impose(1.25, &why_not);  // the group's name is free again
  EXPECT_NE(again, nullptr) << why_not;
}

}  // namespace
}  // namespace unpark::benchmarks
