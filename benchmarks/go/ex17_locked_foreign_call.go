// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"runtime"
	"sync"
)

const blockWords = 32 // 256 bytes

type cipherBlock [blockWords]uint64

func plaintext(call int) (block cipherBlock) {
	for i := range block {
		block[i] = uint64(call*blockWords + i)
	}
	return block
}

func cipherKey(call int) uint64 { return uint64(call) ^ 0x0123456789abcdef }

func blockDigest(block *cipherBlock) uint64 {
	var d uint64
	for _, word := range block {
		d = d*31 + word
	}
	return d
}

func init() {
	for _, w := range []struct {
		name           string
		callers, calls int
		deliver, full  bool
	}{
		{"callers:200", 200, 5, false, false},
		{"deliver:1", 8, 50, true, false},
		{"callers:1000", 1_000, 5, false, true},
		{"callers:1000,deliver:1", 1_000, 5, true, true},
	} {
		ops := w.callers * w.calls
		want := func() []uint64 {
			digests := make([]uint64, ops)
			for call := range digests {
				state, block := cipherKey(call), plaintext(call)
				for i := range block {
					state ^= state >> 29
					state *= 0xbf58476d1ce4e5b9
					state++
					block[i] ^= state
				}
				digests[call] = blockDigest(&block)
			}
			return digests
		}
		encipher := func(locked bool) func() prepared[[]uint64] {
			return plain(func() []uint64 {
				return encipherByCallers(w.callers, w.calls, w.deliver, locked)
			})
		}
		row := Row{Pair: "locked_foreign_call", Workload: w.name, Ops: ops, FullOnly: w.full}
		row.Variant = "before"
		add(row, want, encipher(true))
		row.Variant = "after"
		add(row, want, encipher(false))
	}
}

type enciphered struct {
	call  int
	block cipherBlock
}

func encipherByCallers(callers, calls int, deliver, locked bool) []uint64 {
	digests := make([]uint64, callers*calls)
	blocks := make(chan enciphered)
	var collecting sync.WaitGroup
	if deliver {
		collecting.Add(1)
		go func() {
			defer collecting.Done()
			for e := range blocks {
				digests[e.call] = blockDigest(&e.block)
			}
		}()
	}
	produce(callers, func(caller int) {
		for i := range calls {
			call := caller*calls + i
			if block := encipherOne(call, deliver, locked, blocks); !deliver {
				digests[call] = blockDigest(&block)
			}
		}
	})
	close(blocks)
	collecting.Wait()
	return digests
}

// encipherOne delivers its block while it still holds the thread.
func encipherOne(call int, deliver, locked bool, blocks chan<- enciphered) (out cipherBlock) {
	if locked {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
	}
	in := plaintext(call)
	foreignCipher(cipherKey(call), in[:], out[:])
	if deliver {
		blocks <- enciphered{call, out}
	}
	return out
}
