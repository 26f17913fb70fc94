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
				return deliverByCallers(w.callers, w.calls, w.deliver, func(call int, deliver delivery) {
					encipherOne(call, deliver, locked)
				})
			})
		}
		row := Row{Pair: "locked_foreign_call", Workload: w.name, Ops: ops, FullOnly: w.full}
		row.Variant = "before"
		add(row, want, encipher(true))
		row.Variant = "after"
		add(row, want, encipher(false))
		row.Variant = "keyed_locked"
		add(row, want, plain(func() []uint64 {
			return deliverByCallers(w.callers, w.calls, w.deliver, func(call int, deliver delivery) {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				encipherKeyed(call, deliver)
			})
		}))
		row.Variant = "keyed_pool"
		add(row, want, plain(func() []uint64 { return encipherByPool(w.callers, w.calls, w.deliver) }))
		row.Variant, row.WrongOnPurpose = "keyed_unlocked", true
		add(row, want, plain(func() []uint64 {
			return deliverByCallers(w.callers, w.calls, w.deliver, encipherKeyed)
		}))
	}
}

type enciphered struct {
	call  int
	block cipherBlock
}

// A delivery hands on an enciphered block: straight to its place, or over a channel to a collector.
type delivery func(call int, block *cipherBlock)

// deliverByCallers has every call made, from so many goroutines.
func deliverByCallers(callers, calls int, overChannel bool, encipher func(int, delivery)) []uint64 {
	digests := make([]uint64, callers*calls)
	deliver := func(call int, block *cipherBlock) { digests[call] = blockDigest(block) }
	var collecting sync.WaitGroup
	blocks := make(chan enciphered)
	if overChannel {
		deliver = func(call int, block *cipherBlock) { blocks <- enciphered{call, *block} }
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
			encipher(caller*calls+i, deliver)
		}
	})
	close(blocks)
	collecting.Wait()
	return digests
}

// encipherOne delivers its block while it still holds the thread.
func encipherOne(call int, deliver delivery, locked bool) {
	if locked {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
	}
	in, out := plaintext(call), cipherBlock{}
	foreignCipher(cipherKey(call), in[:], out[:])
	deliver(call, &out)
}

// encipherKeyed uses the library that keeps its key in the thread, and gives way between its calls.
// Right only when both run on one thread, and no other goroutine on it between them.
func encipherKeyed(call int, deliver delivery) {
	foreignSetKey(cipherKey(call))
	runtime.Gosched()
	in, out := plaintext(call), cipherBlock{}
	foreignCipherWithKey(in[:], out[:])
	deliver(call, &out)
}

// encipherByPool has a few goroutines, locked for good, make all calls of that library.
func encipherByPool(callers, calls int, overChannel bool) []uint64 {
	type job struct {
		call    int
		deliver delivery
		done    chan<- struct{}
	}
	jobs := make(chan job, 64)
	var running sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		running.Add(1)
		go func() {
			defer running.Done()
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			for j := range jobs {
				encipherKeyed(j.call, j.deliver)
				j.done <- struct{}{}
			}
		}()
	}
	done := make([]chan struct{}, callers)
	for caller := range done {
		done[caller] = make(chan struct{}, 1)
	}
	digests := deliverByCallers(callers, calls, overChannel, func(call int, deliver delivery) {
		jobs <- job{call, deliver, done[call/calls]}
		<-done[call/calls]
	})
	close(jobs)
	running.Wait()
	return digests
}
