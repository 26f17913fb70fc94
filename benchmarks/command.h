// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// RunCommand: runs a program and returns what it wrote.

#ifndef BENCHMARKS_COMMAND_H_
#define BENCHMARKS_COMMAND_H_

#include <map>
#include <string>
#include <vector>

namespace unpark::benchmarks {

struct CommandResult {
  int status = -1;  // 127: no such program; -1: it could not be started, or a signal ended it
  // What it wrote, without line ends at the end. With status -1 the last line of `error` says why.
  std::string output, error;

  // The first line of `error`, for a message of one line.
  std::string Reason() const;
};

// Waits for the program to end. `arguments` begin with its name, which is looked for on PATH;
// `environment` is added to this process's.
CommandResult RunCommand(const std::string& directory, std::vector<std::string> arguments,
                         const std::map<std::string, std::string>& environment = {});

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_COMMAND_H_
