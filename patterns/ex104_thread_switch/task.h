// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Task of scenario 104: two parties hand a token to and fro, and the kernel's switches are
// counted.

#ifndef UNPARK_PATTERNS_EX104_THREAD_SWITCH_TASK_H_
#define UNPARK_PATTERNS_EX104_THREAD_SWITCH_TASK_H_

#include <sys/resource.h>

#include <cstdint>
#include <map>
#include <string>

namespace unpark::patterns::thread_switch {

struct HandOverWorkload {
  int round_trips = 2'000;
  bool one_cpu = true;  // whether the threads of the before share a CPU

  std::int64_t Operations() const { return 2 * std::int64_t{round_trips}; }  // hand-overs
};

// The token counts its hand-overs.
inline std::int64_t CountHandOvers(const HandOverWorkload& w) { return w.Operations(); }

// How often the kernel has switched threads of this process.
inline double OsSwitches() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_nvcsw + usage.ru_nivcsw);
}

// A variant as a class, with the switches of its last Run for each hand-over.
template <std::int64_t (*HandOver)(const HandOverWorkload&)>
class Counted {
 public:
  explicit Counted(const HandOverWorkload& w) : w_(w) {}

  std::int64_t Run() {
    const double earlier = OsSwitches();
    const std::int64_t token = HandOver(w_);
    os_switches_ = (OsSwitches() - earlier) / static_cast<double>(w_.Operations());
    return token;
  }
  std::map<std::string, double> Figures() const { return {{"os_switches", os_switches_}}; }

 private:
  const HandOverWorkload& w_;
  double os_switches_ = 0;
};

}  // namespace unpark::patterns::thread_switch

#endif  // UNPARK_PATTERNS_EX104_THREAD_SWITCH_TASK_H_
