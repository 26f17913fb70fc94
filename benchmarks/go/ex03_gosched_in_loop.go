// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import "runtime"

func init() {
	const numbers = 1_000_000
	inputs := make([]int64, numbers)
	for i := range inputs {
		inputs[i] = int64(Work(uint64(i), 2) >> 32)
	}
	want := func() int64 {
		var total int64
		for i := len(inputs) - 1; i >= 0; i-- {
			total += inputs[i]
		}
		return total
	}
	row := Row{Pair: "gosched_in_loop", Workload: "numbers:1000000", Ops: numbers}
	sum := func(every int) func() prepared[int64] {
		return plain(func() int64 {
			var total int64
			for i, x := range inputs {
				total += x
				if i%every == every-1 {
					runtime.Gosched()
				}
			}
			return total
		})
	}
	row.Variant = "before"
	add(row, want, sum(1))
	row.Variant = "after"
	add(row, want, plain(func() int64 {
		var total int64
		for _, x := range inputs {
			total += x
		}
		return total
	}))
	row.Variant = "every_1024"
	add(row, want, sum(1024))
}
