// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

type observed struct {
	responses uint64
	gaugeSet  bool
}

func init() {
	for _, w := range []struct {
		name     string
		requests int
	}{{"handlers:8", 40_000}, {"handlers:8,requests:1000000", 1_000_000}} {
		want := func() observed {
			o := observed{gaugeSet: true}
			for id := range w.requests {
				o.responses += Work(uint64(id), 25)
			}
			return o
		}
		row := Row{Pair: "count_in_hot_path", Workload: w.name, Ops: w.requests,
			FullOnly: w.requests > 40_000}
		row.Variant = "before"
		add(row, want, plain(func() observed {
			var gauge atomic.Int64
			responses := answerAll(w.requests, func() { gauge.Store(int64(runtime.NumGoroutine())) })
			return observed{responses, gauge.Load() > 0}
		}))
		row.Variant = "after"
		add(row, want, plain(func() observed {
			var gauge, requests atomic.Int64
			responses := answerAll(w.requests, func() {
				if requests.Add(1)%1024 == 1 {
					gauge.Store(int64(runtime.NumGoroutine()))
				}
			})
			return observed{responses, gauge.Load() > 0}
		}))
		row.Variant = "ticker"
		add(row, want, plain(func() observed { return answerWithTicker(w.requests) }))
	}
}

// answerAll answers the requests by 8 handlers that call observe for each; some of the requests start a goroutine,
// so that the count has writers too.
func answerAll(requests int, observe func()) uint64 {
	const handlers, spawnEvery = 8, 64
	var total atomic.Uint64
	var wg sync.WaitGroup
	wg.Add(handlers)
	for handler := range handlers {
		go func() {
			defer wg.Done()
			var sum uint64
			for id := handler; id < requests; id += handlers {
				observe()
				sum += Work(uint64(id), 25)
				if id/handlers%spawnEvery == 0 {
					wg.Add(1)
					go wg.Done()
				}
			}
			total.Add(sum)
		}()
	}
	wg.Wait()
	return total.Load()
}

func answerWithTicker(requests int) observed {
	var gauge atomic.Int64
	stop, stopped := make(chan struct{}), make(chan struct{})
	gauge.Store(int64(runtime.NumGoroutine()))
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				gauge.Store(int64(runtime.NumGoroutine()))
			}
		}
	}()
	responses := answerAll(requests, func() {})
	close(stop)
	<-stopped
	return observed{responses, gauge.Load() > 0}
}
