// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Escapes as RFC 8259 asks.

#include "benchmarks/json.h"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace unpark::benchmarks {

std::string JsonText(const std::string& text) {
  std::string json = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      json += escape;
    } else {
      json += c;
    }
  }
  return json + "\"";
}

std::string JsonNumber(double value) {
  if (!std::isfinite(value)) return "null";
  char text[32];
  auto [end, error] = std::to_chars(text, text + sizeof text, value);
  return std::string(text, end);
}

}  // namespace unpark::benchmarks
