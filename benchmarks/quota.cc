// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Writes the cgroup files of v1 (cpu.cfs_quota_us) and v2 (cpu.max).

#include "benchmarks/quota.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "benchmarks/text.h"

namespace unpark::benchmarks {
namespace {

namespace fs = std::filesystem;

constexpr long kPeriodMicroseconds = 100'000;  // the kernel's default, and containers'
constexpr char kPrefix[] = "unpark-";

// Returns an empty string, or "PATH: reason".
std::string WriteFile(const std::string& path, const std::string& value) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) return path + ": " + std::strerror(errno);
  // Cgroup files take one write; the error of it may come with the flush.
  bool good = std::fputs(value.c_str(), file) >= 0;
  good = std::fflush(file) == 0 && good;
  std::string reason = good ? "" : path + ": cannot write " + value + ": " + std::strerror(errno);
  std::fclose(file);
  return reason;
}

bool HasWord(const std::string& text, const std::string& word) {
  std::stringstream words(text);
  for (std::string each; words >> each;) {
    if (each == word) return true;
  }
  return false;
}

bool Contains(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

CgroupPlace Here() {
  return LocateCpuCgroup(ReadFile("/proc/self/mountinfo"), ReadFile("/proc/self/cgroup"));
}

// The group itself and those above it, up to the mount point.
std::vector<std::string> UpToMount(const CgroupPlace& place) {
  std::vector<std::string> groups = {place.directory};
  while (groups.back() != place.mount && groups.back().size() > place.mount.size()) {
    groups.push_back(fs::path(groups.back()).parent_path());
  }
  return groups;
}

// Where a new group can have a quota. In v2 that is a group whose children have the cpu
// controller: never our own unless it is the root, since a group with processes in it may not
// hand controllers on.
struct Parent {
  std::string directory;
  std::string enabled_in;
};

std::optional<Parent> FindParent(const CgroupPlace& place, std::string* why_not) {
  if (place.mount.empty()) {
    *why_not = "no cgroup hierarchy with the cpu controller is mounted";
    return std::nullopt;
  }
  if (!place.v2) return Parent{place.directory, ""};
  for (const std::string& group : UpToMount(place)) {
    if (HasWord(ReadFile(group + "/cgroup.subtree_control"), "cpu")) return Parent{group, ""};
  }
  if (!HasWord(ReadFile(place.mount + "/cgroup.controllers"), "cpu")) {
    *why_not = place.mount + "/cgroup.controllers: has no cpu controller";
    return std::nullopt;
  }
  *why_not = WriteFile(place.mount + "/cgroup.subtree_control", "+cpu");
  if (!why_not->empty()) return std::nullopt;
  return Parent{place.mount, place.mount};
}

std::string SetQuota(const std::string& group, bool v2, double cpus) {
  std::string quota = std::to_string(std::lround(cpus * kPeriodMicroseconds));
  std::string period = std::to_string(kPeriodMicroseconds);
  if (v2) return WriteFile(group + "/cpu.max", quota + " " + period);
  std::string wrong = WriteFile(group + "/cpu.cfs_period_us", period);
  return wrong.empty() ? WriteFile(group + "/cpu.cfs_quota_us", quota) : wrong;
}

// "max 100000", "50000 100000" (v2) or quota and period from two files (v1), as CPUs.
std::optional<double> GroupQuota(const std::string& group, bool v2) {
  std::stringstream text(v2 ? ReadFile(group + "/cpu.max")
                            : ReadFile(group + "/cpu.cfs_quota_us") + " " +
                                  ReadFile(group + "/cpu.cfs_period_us"));
  double quota = 0, period = 0;
  if (!(text >> quota >> period) || quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

}  // namespace

CgroupPlace LocateCpuCgroup(const std::string& mountinfo, const std::string& cgroup) {
  CgroupPlace v1, v2;
  std::string v1_root, v2_root;
  for (const std::string& line : Split(mountinfo, '\n')) {
    // "36 25 0:31 ROOT MOUNT options... - TYPE source SUPER_OPTIONS"
    std::vector<std::string> words = Split(line, ' ');
    auto dash = std::find(words.begin(), words.end(), "-");
    if (words.size() < 6 || words.end() - dash < 4) continue;
    const std::string& type = dash[1];
    // The first of each kind: a second one is a container's or a chroot's, and may go away.
    if (type == "cgroup" && v1.mount.empty() && Contains(Split(dash[3], ','), "cpu")) {
      v1.mount = words[4];
      v1_root = words[3];
    } else if (type == "cgroup2" && v2.mount.empty()) {
      v2.mount = words[4];
      v2_root = words[3];
    }
  }
  CgroupPlace place = v1.mount.empty() ? v2 : v1;
  place.v2 = v1.mount.empty();
  std::string root = v1.mount.empty() ? v2_root : v1_root;
  place.directory = place.mount;
  for (const std::string& line : Split(cgroup, '\n')) {
    // "3:cpu,cpuacct:PATH" (v1) or "0::PATH" (v2)
    std::size_t first = line.find(':');
    std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    std::string controllers = line.substr(first + 1, second - first - 1);
    std::string path = line.substr(second + 1);
    bool ours = place.v2 ? controllers.empty() : Contains(Split(controllers, ','), "cpu");
    if (!ours) continue;
    if (root != "/" && path.starts_with(root)) path.erase(0, root.size());
    if (path.size() > 1 && path.find("/..") == std::string::npos) place.directory += path;
  }
  return place;
}

CpuQuota::CpuQuota(std::string home, std::string group, bool v2, std::string enabled_in)
    : home_(std::move(home)),
      group_(std::move(group)),
      v2_(v2),
      enabled_in_(std::move(enabled_in)) {}

std::unique_ptr<CpuQuota> CpuQuota::Impose(double cpus, std::string* why_not) {
  CgroupPlace place = Here();
  std::optional<Parent> parent = FindParent(place, why_not);
  if (!parent) return nullptr;
  std::string group = parent->directory + "/" + kPrefix + std::to_string(getpid());
  std::error_code error;
  if (!fs::create_directory(group, error)) {
    *why_not = group + ": cannot make a cgroup: " + (error ? error.message() : "it exists");
    return nullptr;
  }
  std::unique_ptr<CpuQuota> quota(
      new CpuQuota(place.directory, group, place.v2, parent->enabled_in));
  *why_not = SetQuota(group, place.v2, cpus);
  if (why_not->empty()) *why_not = WriteFile(group + "/cgroup.procs", std::to_string(getpid()));
  if (!why_not->empty()) return nullptr;
  return quota;
}

std::string CpuQuota::WhyNot() {
  std::string why_not;
  Impose(1, &why_not);
  return why_not;
}

CpuQuota::~CpuQuota() {
  std::string stuck = WriteFile(home_ + "/cgroup.procs", std::to_string(getpid()));
  if (stuck.empty() && rmdir(group_.c_str()) != 0) stuck = group_ + ": " + std::strerror(errno);
  if (!enabled_in_.empty()) WriteFile(enabled_in_ + "/cgroup.subtree_control", "-cpu");
  if (stuck.empty()) return;
  // Everything measured from here on would be throttled.
  std::fprintf(stderr, "cannot leave the CPU quota: %s\n", stuck.c_str());
  std::abort();
}

Throttling CpuQuota::Read() const {
  std::ifstream file(group_ + "/cpu.stat");
  Throttling sum;
  std::string key;
  for (std::uint64_t value; file >> key >> value;) {
    if (key == "nr_throttled") sum.periods = value;
    if (key == "throttled_time") sum.nanoseconds = value;
    if (key == "throttled_usec") sum.nanoseconds = value * 1000;
  }
  return sum;
}

void RemoveStaleQuotas() {
  CgroupPlace place = Here();
  if (place.mount.empty()) return;
  for (const std::string& group : UpToMount(place)) {
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(group, error)) {
      std::string name = entry.path().filename();
      if (!name.starts_with(kPrefix)) continue;
      pid_t owner = std::atoi(name.c_str() + std::strlen(kPrefix));
      bool ended = owner == getpid() || (owner > 0 && kill(owner, 0) != 0 && errno == ESRCH);
      if (ended) rmdir(entry.path().c_str());  // fails while a process is in it: then it stays
    }
  }
}

std::string QuotaText() {
  CgroupPlace place = Here();
  if (place.mount.empty()) return "none";
  std::optional<double> least;
  for (const std::string& group : UpToMount(place)) {
    std::optional<double> quota = GroupQuota(group, place.v2);
    if (quota && (!least || *quota < *least)) least = quota;
  }
  if (!least) return "none";
  char text[32];
  std::snprintf(text, sizeof text, "%g", *least);
  return text;
}

}  // namespace unpark::benchmarks
