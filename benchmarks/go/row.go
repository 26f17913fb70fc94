// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Package reference has the exercises' tasks in Go: the same workloads, variants and checks as the
// pairs in //patterns, so that a claim can be measured in Go beside Unpark.
package reference

import (
	"fmt"
	"reflect"
)

// Row is one variant with one workload.
type Row struct {
	Pair, Variant, Workload string

	Ops            int     // operations of a run
	Procs          int     // GOMAXPROCS; 0: whatever the command line says
	Quota          float64 // CPUs; 0: none. The caller imposes it.
	FullOnly       bool
	WrongOnPurpose bool

	Prepare func() Instance
}

// Name is pair/variant/workload.
func (r Row) Name() string { return r.Pair + "/" + r.Variant + "/" + r.Workload }

// Instance is a prepared row.
type Instance struct {
	Run       func()
	Check     func() error // compares the last Run's result with the reference
	Close     func()
	Latencies func() []int64            // of the last Run's requests, in ns; nil for most rows
	Figures   func() map[string]float64 // of the last Run; nil for most rows
}

var rows []Row

// Rows gives all rows in the order of the exercises.
func Rows() []Row { return rows }

// prepared is a variant that keeps something from run to run, such as a pool of workers.
type prepared[R any] struct {
	run       func() R
	close     func()
	latencies func() []int64
	figures   func() map[string]float64
}

// add registers a row whose runs give an R; want computes the right one in another way.
func add[R any](row Row, want func() R, prepare func() prepared[R]) {
	row.Prepare = func() Instance {
		right := want()
		made := prepare()
		var got R
		closing := made.close
		if closing == nil {
			closing = func() {}
		}
		return Instance{
			Run: func() { got = made.run() },
			Check: func() error {
				if reflect.DeepEqual(got, right) {
					return nil
				}
				return fmt.Errorf("%s: the result is not the reference's", row.Name())
			},
			Close:     closing,
			Latencies: made.latencies,
			Figures:   made.figures,
		}
	}
	rows = append(rows, row)
}

// plain is a variant that starts from nothing in each run.
func plain[R any](run func() R) func() prepared[R] {
	return func() prepared[R] { return prepared[R]{run: run} }
}

// Work mixes seed so many times; each round needs the one before it.
//
//go:noinline
func Work(seed uint64, rounds int) uint64 {
	x := seed + 0x9e3779b97f4a7c15
	for range rounds {
		x ^= x >> 29
		x *= 0xbf58476d1ce4e5b9
	}
	return x ^ (x >> 32)
}
