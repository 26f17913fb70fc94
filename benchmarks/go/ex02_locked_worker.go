// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"runtime"
	"sync"
)

func init() {
	for _, w := range []struct {
		name         string
		jobs, buffer int
		full         bool
	}{
		{"buffer:0", 400, 0, false},
		{"buffer:128", 400, 128, false},
		{"jobs:20000,buffer:0", 20_000, 0, true},
	} {
		want := func() []uint64 {
			out := make([]uint64, 0, w.jobs)
			for job := range w.jobs {
				out = append(out, unevenJob(job))
			}
			return out
		}
		row := Row{Pair: "locked_worker", Workload: w.name, Ops: w.jobs, FullOnly: w.full}
		row.Variant = "before"
		add(row, want, func() prepared[[]uint64] { return unevenPool(w.jobs, w.buffer, true) })
		row.Variant = "after"
		add(row, want, func() prepared[[]uint64] { return unevenPool(w.jobs, w.buffer, false) })
	}
}

// Every 16th job takes 20 times as long.
func unevenJob(job int) uint64 {
	rounds := 180
	if job%16 == 0 {
		rounds *= 20
	}
	return Work(uint64(job), rounds)
}

func unevenPool(jobs, buffer int, locked bool) prepared[[]uint64] {
	const workers = 8
	queue := make(chan int, buffer)
	out := make([]uint64, jobs)
	var finished, ended sync.WaitGroup
	ended.Add(workers)
	for range workers {
		go func() {
			defer ended.Done()
			if locked {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
			}
			for job := range queue {
				out[job] = unevenJob(job)
				finished.Done()
			}
		}()
	}
	return prepared[[]uint64]{
		run: func() []uint64 {
			finished.Add(jobs)
			for job := range jobs {
				queue <- job
			}
			finished.Wait()
			return append([]uint64(nil), out...)
		},
		close: func() {
			close(queue)
			ended.Wait()
		},
	}
}
