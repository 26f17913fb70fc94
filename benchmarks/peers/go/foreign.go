// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package main

/*
#include <time.h>
static void nothing(void) { __asm__ volatile(""); }
*/
import "C"

// foreign calls an empty C function.
func foreign() { C.nothing() }
