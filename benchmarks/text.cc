// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// By way of streams: nobody waits for these.

#include "benchmarks/text.h"

#include <fstream>
#include <ios>
#include <sstream>

namespace unpark::benchmarks {

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace unpark::benchmarks
