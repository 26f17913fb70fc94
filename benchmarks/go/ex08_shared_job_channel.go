// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"sync"
	"sync/atomic"
)

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
		row.Variant = "rings"
		add(row, want, plain(func() []uint64 { return dispatchOverRings(w.jobs, workers, buffer/workers) }))
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

func dispatchOverRings(jobs, workers, capacity int) []uint64 {
	out := make([]uint64, jobs)
	rings := make([]*spscRing, workers)
	var wg sync.WaitGroup
	wg.Add(workers)
	for worker := range rings {
		ring := newSpscRing(capacity)
		rings[worker] = ring
		go func() {
			defer wg.Done()
			for job, ok := ring.pop(); ok; job, ok = ring.pop() {
				out[job] = Work(uint64(job), 90)
			}
		}()
	}
	for job := range jobs {
		rings[job%workers].push(job)
	}
	for _, ring := range rings {
		ring.close()
	}
	wg.Wait()
	return out
}

// spscRing is a bounded queue without locks for one producer and one consumer. A side that finds it
// full or empty says so, looks once more and parks; the other side wakes it after its next move.
type spscRing struct {
	slots  []int
	_      [40]byte
	head   atomic.Uint64 // next to pop
	_      [56]byte
	tail   atomic.Uint64 // next to push
	_      [56]byte
	closed atomic.Bool
	pushed progress
	popped progress
}

type progress struct {
	waiting atomic.Bool
	wake    chan struct{} // one flag set, one wake-up
}

func (p *progress) await(ready func() bool) {
	p.waiting.Store(true)
	if ready() && p.waiting.CompareAndSwap(true, false) {
		return
	}
	<-p.wake
}

func (p *progress) tell() {
	if p.waiting.Load() && p.waiting.CompareAndSwap(true, false) {
		p.wake <- struct{}{}
	}
}

func newSpscRing(capacity int) *spscRing {
	return &spscRing{slots: make([]int, capacity), pushed: progress{wake: make(chan struct{}, 1)},
		popped: progress{wake: make(chan struct{}, 1)}}
}

func (r *spscRing) push(value int) {
	tail, size := r.tail.Load(), uint64(len(r.slots))
	for tail-r.head.Load() == size {
		r.popped.await(func() bool { return tail-r.head.Load() < size })
	}
	r.slots[tail%size] = value
	r.tail.Store(tail + 1)
	r.pushed.tell()
}

func (r *spscRing) close() {
	r.closed.Store(true)
	r.pushed.tell()
}

func (r *spscRing) pop() (value int, ok bool) {
	head := r.head.Load()
	for head == r.tail.Load() {
		// Close comes after the last push: what was read closed and is still empty stays empty.
		if r.closed.Load() && head == r.tail.Load() {
			return 0, false
		}
		r.pushed.await(func() bool { return head != r.tail.Load() || r.closed.Load() })
	}
	value = r.slots[head%uint64(len(r.slots))]
	r.head.Store(head + 1)
	r.popped.tell()
	return value, true
}
