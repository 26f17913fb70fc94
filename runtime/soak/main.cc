// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// soak [--seconds=N] [--seed=N] [--goroutines=N] [--patience=SECONDS]: what ci/soak runs.
#include <charconv>
#include <cstdio>
#include <string_view>

#include "runtime/soak/soak.h"

namespace {

// Reads "--name=N" with N >= 1 into *value; false if `argument` is another flag or not a number.
bool ReadFlag(std::string_view argument, std::string_view name, std::uint64_t* value) {
  if (!argument.starts_with(name)) return false;
  argument.remove_prefix(name.size());
  const auto [end, error] =
      std::from_chars(argument.data(), argument.data() + argument.size(), *value);
  return error == std::errc() && end == argument.data() + argument.size() && *value >= 1 &&
         *value <= 1'000'000'000;
}

}  // namespace

int main(int argc, char** argv) {
  unpark::soak::Config config;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    std::uint64_t value = 0;
    if (ReadFlag(argument, "--seconds=", &value)) {
      config.time = std::chrono::seconds(value);
    } else if (ReadFlag(argument, "--seed=", &value)) {
      config.seed = value;
    } else if (ReadFlag(argument, "--goroutines=", &value)) {
      config.goroutines = static_cast<int>(value);
    } else if (ReadFlag(argument, "--patience=", &value)) {
      config.patience = std::chrono::seconds(value);
    } else {
      std::fprintf(stderr,
                   "soak: bad argument %s; known are --seconds=, --seed=, --goroutines=, "
                   "--patience=, each with a number from 1\n",
                   argv[i]);
      return 2;
    }
  }
  return unpark::soak::Run(config, stdout);
}
