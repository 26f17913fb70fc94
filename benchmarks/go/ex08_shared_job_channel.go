// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import "sync"

func init() {
	const (
		workers = 64
		buffer  = 1024 // jobs that may wait, in all channels together
	)
	for _, w := range []struct {
		name string
		jobs int
	}{{"workers:64", 20_000}, {"workers:64,jobs:500000", 500_000}} {
		want := func() []uint64 {
			out := make([]uint64, 0, w.jobs)
			for job := range w.jobs {
				out = append(out, Work(uint64(job), 90))
			}
			return out
		}
		row := Row{Pair: "shared_job_channel", Workload: w.name, Ops: w.jobs, FullOnly: w.jobs > 20_000}
		row.Variant = "before"
		add(row, want, plain(func() []uint64 { return dispatch(w.jobs, workers, 1, buffer) }))
		row.Variant = "after"
		add(row, want, plain(func() []uint64 { return dispatch(w.jobs, workers, workers, buffer/workers) }))
		row.Variant = "deep"
		add(row, want, plain(func() []uint64 { return dispatch(w.jobs, workers, workers, buffer) }))
	}
}

// dispatch hands the jobs round the channels; worker n receives from channel n modulo their number.
func dispatch(jobs, workers, channels, buffer int) []uint64 {
	out := make([]uint64, jobs)
	queues := make([]chan int, channels)
	for i := range queues {
		queues[i] = make(chan int, buffer)
	}
	var wg sync.WaitGroup
	wg.Add(workers)
	for worker := range workers {
		queue := queues[worker%channels]
		go func() {
			defer wg.Done()
			for job := range queue {
				out[job] = Work(uint64(job), 90)
			}
		}()
	}
	for job := range jobs {
		queues[job%channels] <- job
	}
	for _, queue := range queues {
		close(queue)
	}
	wg.Wait()
	return out
}
