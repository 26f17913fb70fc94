// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"fmt"
	"runtime"
	"sync"
)

const itemRounds = 180 // about 200 ns

func init() {
	for _, items := range []int{20_000, 100_000} {
		inputs := make([]uint64, items)
		for i := range inputs {
			inputs[i] = uint64(i) * 7919
		}
		want := func() []uint64 {
			out := make([]uint64, 0, items)
			for _, input := range inputs {
				out = append(out, Work(input, itemRounds))
			}
			return out
		}
		row := Row{Pair: "goroutine_per_item", Workload: fmt.Sprintf("items:%d", items), Ops: items,
			FullOnly: items > 20_000}
		row.Variant = "before"
		add(row, want, plain(func() []uint64 { return transformEach(inputs) }))
		row.Variant = "after"
		add(row, want, plain(func() []uint64 { return transformChunks(inputs) }))
	}
}

func transformEach(inputs []uint64) []uint64 {
	out := make([]uint64, len(inputs))
	var wg sync.WaitGroup
	for i, input := range inputs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out[i] = Work(input, itemRounds)
		}()
	}
	wg.Wait()
	return out
}

func transformChunks(inputs []uint64) []uint64 {
	out := make([]uint64, len(inputs))
	workers := runtime.GOMAXPROCS(0)
	chunk := (len(inputs) + workers - 1) / workers
	var wg sync.WaitGroup
	for low := 0; low < len(inputs); low += chunk {
		high := min(low+chunk, len(inputs))
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := low; i < high; i++ {
				out[i] = Work(inputs[i], itemRounds)
			}
		}()
	}
	wg.Wait()
	return out
}
