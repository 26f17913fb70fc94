// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Split, ReadFile: small helpers for texts.

#ifndef BENCHMARKS_TEXT_H_
#define BENCHMARKS_TEXT_H_

#include <string>
#include <vector>

namespace unpark::benchmarks {

// The parts between separators; nothing behind the last one is no part.
std::vector<std::string> Split(const std::string& text, char separator);

// The whole file; empty where it cannot be read, as files of /proc and /sys often cannot.
std::string ReadFile(const std::string& path);

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_TEXT_H_
