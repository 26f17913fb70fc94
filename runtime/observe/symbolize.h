// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Symbolize: the name of the function at an address.
#ifndef UNPARK_RUNTIME_OBSERVE_SYMBOLIZE_H_
#define UNPARK_RUNTIME_OBSERVE_SYMBOLIZE_H_

#include <string>

namespace unpark {

// The demangled function at `address` with its offset, from the executable's symbol table (which a
// stripped one lacks) or the dynamic symbols of a library; else the address in hexadecimal. Reads
// the executable's file once.
std::string Symbolize(const void* address);

}  // namespace unpark

#endif  // UNPARK_RUNTIME_OBSERVE_SYMBOLIZE_H_
