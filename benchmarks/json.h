// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// JsonText, JsonNumber: single values as JSON, for the few places that write it by hand.

#ifndef BENCHMARKS_JSON_H_
#define BENCHMARKS_JSON_H_

#include <string>

namespace unpark::benchmarks {

// With its quotes. `text` is UTF-8.
std::string JsonText(const std::string& text);

// All digits; null for what JSON cannot write (infinities, not a number).
std::string JsonNumber(double value);

}  // namespace unpark::benchmarks

#endif  // BENCHMARKS_JSON_H_
