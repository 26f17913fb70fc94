// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"fmt"
	"runtime"
	"time"
)

func init() {
	for _, events := range []int{40_000, 1_000_000} {
		want := func() digest { return digestOf(events) }
		row := Row{Pair: "sleep_zero_pacing", Workload: fmt.Sprintf("events:%d", events), Ops: events,
			FullOnly: events > 40_000}
		stream := func(pace func()) func() prepared[digest] {
			return plain(func() digest { return forward(events, pace) })
		}
		row.Variant = "before"
		add(row, want, stream(func() { time.Sleep(0) }))
		row.Variant = "after"
		add(row, want, stream(func() {}))
		row.Variant = "gosched"
		add(row, want, stream(runtime.Gosched))
	}
}

// forward sends what a source gives on to a consumer, and paces after each event.
func forward(events int, pace func()) digest {
	in := source(events, 1024)
	out := make(chan uint64, 1024)
	go func() {
		for event := range in {
			out <- event
			pace()
		}
		close(out)
	}()
	var d digest
	for event := range out {
		d.take(event)
	}
	return d
}
