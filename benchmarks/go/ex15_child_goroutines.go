// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"sync"
	"sync/atomic"
	"time"
)

const stageRounds = 25 // about 30 ns

// A job with what its three stages made of it; they do not need each other's results.
type stagedJob struct {
	id, parsed, validated, persisted uint64
	wait                             time.Duration
}

func (j *stagedJob) parse()    { j.parsed = j.stage(j.id) }
func (j *stagedJob) validate() { j.validated = j.stage(j.id + 1) }
func (j *stagedJob) persist()  { j.persisted = j.stage(j.id + 2) }

func (j *stagedJob) stage(seed uint64) uint64 {
	if j.wait > 0 {
		time.Sleep(j.wait) // for a disk or a network
	}
	return Work(seed, stageRounds)
}

func newStagedJobs(count int, wait time.Duration) []stagedJob {
	jobs := make([]stagedJob, count)
	for i := range jobs {
		jobs[i].id, jobs[i].wait = uint64(i)*3, wait
	}
	return jobs
}

func init() {
	for _, w := range []struct {
		name string
		jobs int
		wait time.Duration
	}{
		{"workers:8", 5_000, 0},
		{"workers:8,wait_us:200", 80, 200 * time.Microsecond},
		{"workers:8,jobs:100000", 100_000, 0},
	} {
		want := func() []stagedJob {
			jobs := newStagedJobs(w.jobs, w.wait)
			for i := range jobs {
				job := &jobs[i]
				job.persisted = Work(job.id+2, stageRounds)
				job.validated = Work(job.id+1, stageRounds)
				job.parsed = Work(job.id, stageRounds)
			}
			return jobs
		}
		row := Row{Pair: "child_goroutines", Workload: w.name, Ops: w.jobs, FullOnly: w.jobs > 5_000}
		row.Variant = "before"
		add(row, want, plain(func() []stagedJob { return doByWorkers(w.jobs, w.wait, doWithChildren) }))
		row.Variant = "after"
		add(row, want, plain(func() []stagedJob {
			return doByWorkers(w.jobs, w.wait, func(job *stagedJob) {
				job.parse()
				job.validate()
				job.persist()
			})
		}))
		row.Variant = "pipeline"
		add(row, want, plain(func() []stagedJob { return doByPipeline(w.jobs, w.wait) }))
		if w.wait > 0 {
			row.Variant, row.WrongOnPurpose = "unawaited", true
			add(row, want, plain(func() []stagedJob { return doUnawaited(w.jobs, w.wait) }))
		}
	}
}

func doByWorkers(count int, wait time.Duration, handle func(*stagedJob)) []stagedJob {
	jobs := newStagedJobs(count, wait)
	queue := make(chan *stagedJob, 128)
	var wg sync.WaitGroup
	wg.Add(8)
	for range 8 {
		go func() {
			defer wg.Done()
			for job := range queue {
				handle(job)
			}
		}()
	}
	for i := range jobs {
		queue <- &jobs[i]
	}
	close(queue)
	wg.Wait()
	return jobs
}

func doWithChildren(job *stagedJob) {
	var children sync.WaitGroup
	children.Add(3)
	for _, stage := range [...]func(){job.parse, job.validate, job.persist} {
		go func() {
			defer children.Done()
			stage()
		}()
	}
	children.Wait()
}

// Flattened, but nobody waits for the last stage: jobs count as done before they are persisted. The
// atomics keep that from being a data race.
func doUnawaited(count int, wait time.Duration) []stagedJob {
	persisted := make([]atomic.Uint64, count)
	jobs := doByWorkers(count, wait, func(job *stagedJob) {
		job.parse()
		job.validate()
		left := *job
		go func() {
			left.persist()
			persisted[left.id/3].Store(left.persisted)
		}()
	})
	for i := range jobs {
		jobs[i].persisted = persisted[i].Load()
	}
	return jobs
}

// A goroutine for each stage, with channels between them.
func doByPipeline(count int, wait time.Duration) []stagedJob {
	jobs := newStagedJobs(count, wait)
	stage := func(in <-chan *stagedJob, do func(*stagedJob)) <-chan *stagedJob {
		out := make(chan *stagedJob, 128)
		go func() {
			for job := range in {
				do(job)
				out <- job
			}
			close(out)
		}()
		return out
	}
	queue := make(chan *stagedJob, 128)
	go func() {
		for i := range jobs {
			queue <- &jobs[i]
		}
		close(queue)
	}()
	done := stage(stage(stage(queue, (*stagedJob).parse), (*stagedJob).validate), (*stagedJob).persist)
	for range done {
	}
	return jobs
}
