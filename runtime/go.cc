// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The little of go.h that is no template.
#include "runtime/go.h"

#include "runtime/os/procs.h"

namespace unpark {

int NumCPU() { return os::UsableCpus(); }

}  // namespace unpark
