// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"fmt"
	"sync"
	"time"
)

const (
	bursts      = 6
	burstRounds = 900_000 // about 1 ms of one CPU
	meanGap     = 75 * time.Millisecond
)

func init() {
	for _, w := range []struct {
		quota    float64
		requests int // of a burst
	}{{0.5, 24}, {1.25, 60}} {
		ops := bursts * w.requests
		want := func() []uint64 {
			responses := make([]uint64, 0, ops)
			for id := range ops {
				responses = append(responses, Work(uint64(id), burstRounds))
			}
			return responses
		}
		row := Row{Pair: "quota_oversubscribed", Workload: fmt.Sprintf("quota:%g", w.quota), Ops: ops,
			Quota: w.quota}
		for _, side := range []struct {
			variant string
			procs   int
		}{{"before", 64}, {"after", max(1, int(w.quota))}, {"rounded_up", 2}} {
			row.Variant, row.Procs = side.variant, side.procs
			add(row, want, func() prepared[[]uint64] { return serveBursts(w.requests) })
		}
	}
}

// A goroutine for each request; a latency runs from the time the request was due.
func serveBursts(requests int) prepared[[]uint64] {
	latencies := make([]int64, bursts*requests)
	return prepared[[]uint64]{
		run: func() []uint64 {
			responses := make([]uint64, bursts*requests)
			var wg sync.WaitGroup
			wg.Add(len(responses))
			due := time.Now()
			for burst := range bursts {
				time.Sleep(time.Until(due))
				for i := range requests {
					id := burst*requests + i
					go func(due time.Time) {
						defer wg.Done()
						responses[id] = Work(uint64(id), burstRounds)
						latencies[id] = int64(time.Since(due))
					}(due)
				}
				due = due.Add(meanGap * time.Duration(Work(uint64(burst), 8)%201) / 100)
			}
			wg.Wait()
			return responses
		},
		latencies: func() []int64 { return latencies },
	}
}
