// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import "sync"

const stageRounds = 25 // about 30 ns

// A job with what its three stages made of it; they do not need each other's results.
type stagedJob struct {
	id, parsed, validated, persisted uint64
}

func (j *stagedJob) parse()    { j.parsed = Work(j.id, stageRounds) }
func (j *stagedJob) validate() { j.validated = Work(j.id+1, stageRounds) }
func (j *stagedJob) persist()  { j.persisted = Work(j.id+2, stageRounds) }

func newStagedJobs(count int) []stagedJob {
	jobs := make([]stagedJob, count)
	for i := range jobs {
		jobs[i].id = uint64(i) * 3
	}
	return jobs
}

func init() {
	for _, w := range []struct {
		name string
		jobs int
	}{{"workers:8", 5_000}, {"workers:8,jobs:100000", 100_000}} {
		want := func() []stagedJob {
			jobs := newStagedJobs(w.jobs)
			for _, stage := range []func(*stagedJob){
				(*stagedJob).persist, (*stagedJob).validate, (*stagedJob).parse,
			} {
				for i := range jobs {
					stage(&jobs[i])
				}
			}
			return jobs
		}
		row := Row{Pair: "child_goroutines", Workload: w.name, Ops: w.jobs, FullOnly: w.jobs > 5_000}
		row.Variant = "before"
		add(row, want, plain(func() []stagedJob { return doByWorkers(w.jobs, doWithChildren) }))
		row.Variant = "after"
		add(row, want, plain(func() []stagedJob {
			return doByWorkers(w.jobs, func(job *stagedJob) {
				job.parse()
				job.validate()
				job.persist()
			})
		}))
		row.Variant = "pipeline"
		add(row, want, plain(func() []stagedJob { return doByPipeline(w.jobs) }))
	}
}

func doByWorkers(count int, handle func(*stagedJob)) []stagedJob {
	jobs := newStagedJobs(count)
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

// A goroutine for each stage, with channels between them.
func doByPipeline(count int) []stagedJob {
	jobs := newStagedJobs(count)
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
