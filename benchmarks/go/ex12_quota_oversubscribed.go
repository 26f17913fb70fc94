// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

const (
	serviceRequests = 350
	requestGap      = time.Millisecond
	requestRounds   = 30_000  // about 50 us of one CPU
	shardRounds     = 600_000 // about 1 ms
	rebuildAt       = 10 * time.Millisecond
)

// One shard in eight is different: the reference need not build them all.
func indexShard(shard int) uint64 { return Work(uint64(shard%8), shardRounds) }

func init() {
	for _, w := range []struct {
		quota  float64
		shards int
	}{{1.25, 280}, {0.5, 100}} {
		want := func() []uint64 {
			results := make([]uint64, 0, serviceRequests+w.shards)
			for id := range serviceRequests {
				results = append(results, Work(uint64(id), requestRounds))
			}
			for shard := range w.shards {
				if shard < 8 {
					results = append(results, indexShard(shard))
				} else {
					results = append(results, results[len(results)-8])
				}
			}
			return results
		}
		row := Row{Pair: "quota_oversubscribed", Workload: fmt.Sprintf("quota:%g", w.quota),
			Ops: serviceRequests, Quota: w.quota, FullOnly: w.quota < 1}
		for _, side := range []struct {
			variant string
			procs   int
		}{{"before", 64}, {"after", max(1, int(w.quota))}, {"rounded_up", 2}} {
			row.Variant, row.Procs = side.variant, side.procs
			add(row, want, func() prepared[[]uint64] { return serveAndRebuild(w.shards) })
		}
	}
}

// A goroutine for each request, and as many workers for the index as there are Ps. A latency runs
// from the time the request was due.
func serveAndRebuild(shards int) prepared[[]uint64] {
	latencies := make([]int64, serviceRequests)
	return prepared[[]uint64]{
		run: func() []uint64 {
			results := make([]uint64, serviceRequests+shards)
			var wg sync.WaitGroup
			wg.Add(serviceRequests + 1)
			go func() {
				defer wg.Done()
				rebuildIndex(results[serviceRequests:])
			}()
			start := time.Now()
			for id := range serviceRequests {
				due := start.Add(time.Duration(id) * requestGap)
				time.Sleep(time.Until(due))
				go func() {
					defer wg.Done()
					results[id] = Work(uint64(id), requestRounds)
					latencies[id] = int64(time.Since(due))
				}()
			}
			wg.Wait()
			return results
		},
		latencies: func() []int64 { return latencies },
	}
}

func rebuildIndex(out []uint64) {
	time.Sleep(rebuildAt)
	shards := make(chan int, len(out))
	for shard := range out {
		shards <- shard
	}
	close(shards)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for shard := range shards {
				out[shard] = indexShard(shard)
				runtime.Gosched() // requests first
			}
		}()
	}
	wg.Wait()
}
