// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"runtime"
	"sync"
	"sync/atomic"
)

func init() {
	const producers = 8
	for _, w := range []struct {
		name       string
		increments int
	}{{"producers:8", 10_000}, {"producers:8,increments:125000", 125_000}} {
		total := producers * w.increments
		want := func() int64 { return int64(total) }
		row := Row{Pair: "channel_counter", Workload: w.name, Ops: total,
			FullOnly: w.increments > 10_000}
		row.Variant = "before"
		add(row, want, plain(func() int64 { return countByChannel(producers, w.increments) }))
		row.Variant = "after"
		add(row, want, plain(func() int64 {
			var count atomic.Int64
			produce(producers, func(int) {
				for range w.increments {
					count.Add(1)
				}
			})
			return count.Load()
		}))
		row.Variant = "sharded"
		add(row, want, plain(func() int64 { return countBySharding(producers, w.increments) }))
		row.Variant = "batched"
		add(row, want, plain(func() int64 { return countByBatches(producers, w.increments) }))
		row.Variant, row.WrongOnPurpose = "load_store", true
		add(row, want, plain(func() int64 {
			var count atomic.Int64
			produce(producers, func(int) {
				for i := range w.increments {
					seen := count.Load()
					if i%64 == 0 {
						runtime.Gosched()
					}
					count.Store(seen + 1) // BUG: undoes what others have added since
				}
			})
			return count.Load()
		}))
	}
}

// produce runs work in so many goroutines and waits for them.
func produce(producers int, work func(producer int)) {
	var wg sync.WaitGroup
	wg.Add(producers)
	for producer := range producers {
		go func() {
			defer wg.Done()
			work(producer)
		}()
	}
	wg.Wait()
}

// collect starts a goroutine that adds up what is sent; the function returned ends it.
func collect() (counts chan<- int64, result func() int64) {
	sent := make(chan int64, 1024)
	total := make(chan int64, 1)
	go func() {
		var sum int64
		for n := range sent {
			sum += n
		}
		total <- sum
	}()
	return sent, func() int64 {
		close(sent)
		return <-total
	}
}

func countByChannel(producers, increments int) int64 {
	counts, result := collect()
	produce(producers, func(int) {
		for range increments {
			counts <- 1
		}
	})
	return result()
}

func countByBatches(producers, increments int) int64 {
	const batch = 1024
	counts, result := collect()
	produce(producers, func(int) {
		var own int64
		for range increments {
			if own++; own == batch {
				counts <- own
				own = 0
			}
		}
		counts <- own
	})
	return result()
}

func countBySharding(producers, increments int) int64 {
	type shard struct {
		count atomic.Int64
		_     [56]byte // a cache line each
	}
	shards := make([]shard, runtime.GOMAXPROCS(0))
	produce(producers, func(producer int) {
		count := &shards[producer%len(shards)].count
		for range increments {
			count.Add(1)
		}
	})
	var total int64
	for i := range shards {
		total += shards[i].count.Load()
	}
	return total
}
