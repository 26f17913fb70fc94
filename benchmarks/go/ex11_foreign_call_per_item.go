// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import "fmt"

func init() {
	const count = 10_000
	for _, bytes := range []int{64, 1024} {
		blocks := make([][]byte, count)
		for i := range blocks {
			blocks[i] = make([]byte, bytes)
			for j := range blocks[i] {
				blocks[i][j] = byte(Work(uint64(i), j%8))
			}
		}
		want := func() []uint64 {
			hashes := make([]uint64, count)
			for i := count - 1; i >= 0; i-- {
				hashes[i] = 0xcbf29ce484222325
				for _, b := range blocks[i] {
					hashes[i] ^= uint64(b)
					hashes[i] *= 0x100000001b3
				}
			}
			return hashes
		}
		row := Row{Pair: "foreign_call_per_item", Workload: fmt.Sprintf("bytes:%d", bytes),
			Ops: count, FullOnly: bytes > 64}
		row.Variant = "before"
		add(row, want, plain(func() []uint64 {
			hashes := make([]uint64, count)
			for i, block := range blocks {
				hashes[i] = foreignHash(block)
			}
			return hashes
		}))
		row.Variant = "after"
		add(row, want, plain(func() []uint64 {
			var all []byte
			ends := make([]uint64, 0, count)
			for _, block := range blocks {
				all = append(all, block...)
				ends = append(ends, uint64(len(all)))
			}
			hashes := make([]uint64, count)
			foreignHashBatch(all, ends, hashes)
			return hashes
		}))
		row.Variant = "direct" // no transition at all: here that is the same loop in Go
		add(row, want, plain(func() []uint64 {
			hashes := make([]uint64, count)
			for i, block := range blocks {
				hashes[i] = hashInGo(block)
			}
			return hashes
		}))
	}
}

//go:noinline
func hashInGo(block []byte) uint64 {
	hash := uint64(0xcbf29ce484222325)
	for _, b := range block {
		hash = (hash ^ uint64(b)) * 0x100000001b3
	}
	return hash
}
