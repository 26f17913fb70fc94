// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Random, PCT, depth-first and replay.
#include "runtime/testing/strategy.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <utility>

namespace unpark::testing::internal {
namespace {

// Uniform in [0, n) and the same on every platform, which the standard's distributions are not.
std::size_t Below(std::mt19937_64& random, std::size_t n) {
  return static_cast<std::size_t>(random() % n);
}

class RandomChooser final : public Chooser {
 public:
  explicit RandomChooser(std::uint64_t seed) : random_(seed) {}
  void Begin() override {}
  bool End() override { return true; }
  std::size_t Goroutine(std::span<const std::uint64_t> ids, bool) override {
    return Below(random_, ids.size());
  }
  std::size_t Number(std::size_t n) override { return Below(random_, n); }
  void Yielded(std::uint64_t) override {}

 private:
  std::mt19937_64 random_;
};

// Each goroutine gets a random priority when it is first seen; the highest runs. At depth - 1
// random points the running one falls below all others. A goroutine that yields falls too, or one
// that waits in a loop would never let the others go on.
class PctChooser final : public Chooser {
 public:
  PctChooser(std::uint64_t seed, int depth) : random_(seed), depth_(depth) {}

  void Begin() override {
    priorities_.clear();
    changes_.clear();
    point_ = 0;
    lowest_ = 0;
    for (int i = 1; i < depth_; ++i) changes_.insert(Below(random_, longest_));
  }
  bool End() override {
    longest_ = std::max(longest_, point_);
    return true;
  }
  std::size_t Goroutine(std::span<const std::uint64_t> ids, bool running) override {
    // One that has run before first: a change concerns who runs.
    if (changes_.contains(point_++) && running) Fall(ids[0]);
    std::size_t best = 0;
    for (std::size_t i = 1; i < ids.size(); ++i) {
      if (Priority(ids[i]) > Priority(ids[best])) best = i;
    }
    return best;
  }
  std::size_t Number(std::size_t n) override { return Below(random_, n); }
  void Yielded(std::uint64_t id) override { Fall(id); }

 private:
  void Fall(std::uint64_t id) { priorities_[id] = --lowest_; }
  std::int64_t Priority(std::uint64_t id) {
    const auto [at, first] = priorities_.try_emplace(id);
    if (first) at->second = static_cast<std::int64_t>(random_() >> 2) + 1;
    return at->second;
  }

  std::mt19937_64 random_;
  const int depth_;
  std::map<std::uint64_t, std::int64_t> priorities_;
  std::set<std::size_t> changes_;
  std::size_t point_ = 0;
  std::size_t longest_ = 20;  // the first run's guess of a run's length
  std::int64_t lowest_ = 0;
};

// Goes back to the last choice with an alternative left and takes that one. With the bound on
// preemptions used up, a running goroutine goes on.
class DfsChooser final : public Chooser {
 public:
  explicit DfsChooser(int preemptions)
      : bound_(preemptions < 0 ? std::numeric_limits<int>::max() : preemptions) {}

  void Begin() override {
    at_ = 0;
    used_ = 0;
  }
  bool End() override {
    path_.resize(at_);
    while (!path_.empty() && path_.back().taken + 1 == path_.back().of) path_.pop_back();
    if (path_.empty()) return false;
    ++path_.back().taken;
    return true;
  }
  std::size_t Goroutine(std::span<const std::uint64_t> ids, bool running) override {
    const std::size_t taken = Choose(running && used_ == bound_ ? 1 : ids.size());
    if (running && taken != 0) ++used_;
    return taken;
  }
  std::size_t Number(std::size_t n) override { return Choose(n); }
  void Yielded(std::uint64_t) override {}

 private:
  struct Step {
    std::size_t taken, of;
  };

  std::size_t Choose(std::size_t of) {
    if (at_ == path_.size()) path_.push_back({0, of});
    if (path_[at_].of != of) {
      throw std::logic_error(
          "testing::Explore: the program does not repeat itself: the same choices led to another "
          "number of goroutines that can run");
    }
    return path_[at_++].taken;
  }

  const int bound_;
  std::vector<Step> path_;
  std::size_t at_ = 0;
  int used_ = 0;
};

class ReplayChooser final : public Chooser {
 public:
  explicit ReplayChooser(Schedule schedule) : schedule_(std::move(schedule)) {}
  void Begin() override { at_ = 0; }
  bool End() override { return false; }
  std::size_t Goroutine(std::span<const std::uint64_t> ids, bool) override {
    return Number(ids.size());
  }
  // A schedule that does not fit the program goes on as well as it can.
  std::size_t Number(std::size_t n) override {
    return at_ < schedule_.size() ? std::min<std::size_t>(schedule_[at_++], n - 1) : 0;
  }
  void Yielded(std::uint64_t) override {}

 private:
  const Schedule schedule_;
  std::size_t at_ = 0;
};

[[noreturn]] void BadReplay(const std::string& text, const std::string& why) {
  throw std::invalid_argument("testing::ExploreOptions: replay is \"" + text + "\": " + why);
}

std::uint32_t Number(const std::string& text, std::string_view digits) {
  std::uint32_t n = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (error != std::errc() || end != digits.data() + digits.size() || n > 1'000'000)
    BadReplay(text, "\"" + std::string(digits) + "\" is no number up to 1000000");
  return n;
}

}  // namespace

std::unique_ptr<Chooser> MakeChooser(const ExploreOptions& options) {
  switch (options.strategy) {
    case Strategy::kRandom:
      return std::make_unique<RandomChooser>(options.seed);
    case Strategy::kPct:
      return std::make_unique<PctChooser>(options.seed, options.depth);
    case Strategy::kDfs:
      return std::make_unique<DfsChooser>(options.preemptions);
  }
  throw std::invalid_argument("testing::ExploreOptions: strategy is none of the three");
}

std::unique_ptr<Chooser> Replay(Schedule schedule) {
  return std::make_unique<ReplayChooser>(std::move(schedule));
}

std::string ToText(const Schedule& schedule, const ExploreOptions& options) {
  std::string text = options.detail == Detail::kAccesses ? "a" : "o";
  if (options.clock == Clock::kRaces) text += 'r';
  std::size_t gap = 0;
  for (const std::uint32_t choice : schedule) {
    if (choice == 0) {
      ++gap;
      continue;
    }
    text += "," + std::to_string(gap) + ":" + std::to_string(choice);
    gap = 0;
  }
  return text;
}

Schedule FromText(const std::string& text, ExploreOptions* options) {
  const std::size_t comma = std::min(text.find(','), text.size());
  const std::string head = text.substr(0, comma);
  if (head != "o" && head != "a" && head != "or" && head != "ar")
    BadReplay(text, "it must begin with o, a, or or ar");
  options->detail = head[0] == 'a' ? Detail::kAccesses : Detail::kOperations;
  options->clock = head.size() == 2 ? Clock::kRaces : Clock::kWhenIdle;
  Schedule schedule;
  for (std::size_t at = comma; at < text.size();) {
    const std::size_t end = std::min(text.find(',', at + 1), text.size());
    const std::string_view step = std::string_view(text).substr(at + 1, end - at - 1);
    const std::size_t colon = step.find(':');
    if (colon == step.npos) BadReplay(text, "\"" + std::string(step) + "\" is not GAP:CHOICE");
    schedule.resize(schedule.size() + Number(text, step.substr(0, colon)));
    schedule.push_back(Number(text, step.substr(colon + 1)));
    at = end;
  }
  return schedule;
}

}  // namespace unpark::testing::internal
