// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"math/bits"
	"sync"
	"time"
)

const (
	subtasks      = 4
	subtaskRounds = 250 // about 300 ns
	clients       = 4
)

func subtask(kind int, id uint64) uint64 { return Work(id*subtasks+uint64(kind), subtaskRounds) }

func combine(parts *[subtasks]uint64) uint64 {
	var response uint64
	for _, part := range parts {
		response = bits.RotateLeft64(response, 13) ^ part
	}
	return response
}

func init() {
	for _, w := range []struct {
		name           string
		requests, rate int
	}{{"clients:4", 2_000, 0}, {"rate:5000", 5_000, 5_000}} {
		want := func() []uint64 {
			responses := make([]uint64, w.requests)
			for id := range responses {
				var parts [subtasks]uint64
				for kind := range parts {
					parts[kind] = subtask(kind, uint64(id))
				}
				responses[id] = combine(&parts)
			}
			return responses
		}
		row := Row{Pair: "spawn_per_request", Workload: w.name, Ops: w.requests, FullOnly: w.rate > 0}
		row.Variant = "before"
		add(row, want, func() prepared[[]uint64] {
			return askByClients(w.requests, w.rate, answerBySpawning, nil)
		})
		row.Variant = "after"
		add(row, want, func() prepared[[]uint64] {
			pools, closePools := newSubtaskPools()
			return askByClients(w.requests, w.rate, func(id uint64) uint64 {
				return answerByPools(pools, id)
			}, closePools)
		})
		row.Variant = "reused"
		add(row, want, func() prepared[[]uint64] {
			pools, closePools := newSubtaskPools()
			var kept [clients][subtasks]chan uint64 // a client's request ids are its number modulo clients
			for client := range kept {
				for kind := range kept[client] {
					kept[client][kind] = make(chan uint64, 1)
				}
			}
			return askByClients(w.requests, w.rate, func(id uint64) uint64 {
				return answerWith(&pools, &kept[id%clients], id)
			}, closePools)
		})
		row.Variant = "in_line"
		add(row, want, func() prepared[[]uint64] {
			return askByClients(w.requests, w.rate, answerInLine, nil)
		})
	}
}

// Each client sends its next request when the last one is answered.
func askByClients(requests, rate int, answer func(uint64) uint64, closing func()) prepared[[]uint64] {
	latencies := make([]int64, requests)
	return prepared[[]uint64]{
		run: func() []uint64 {
			responses := make([]uint64, requests)
			start := time.Now()
			var wg sync.WaitGroup
			wg.Add(clients)
			for client := range clients {
				go func() {
					defer wg.Done()
					for id := client; id < requests; id += clients {
						if rate > 0 {
							due := start.Add(time.Duration(id) * time.Second / time.Duration(rate))
							time.Sleep(time.Until(due))
						}
						sent := time.Now()
						responses[id] = answer(uint64(id))
						latencies[id] = int64(time.Since(sent))
					}
				}()
			}
			wg.Wait()
			return responses
		},
		close:     closing,
		latencies: func() []int64 { return latencies },
	}
}

func answerBySpawning(id uint64) uint64 {
	var parts [subtasks]uint64
	var wg sync.WaitGroup
	wg.Add(subtasks)
	for kind := range subtasks {
		go func() {
			defer wg.Done()
			parts[kind] = subtask(kind, id)
		}()
	}
	wg.Wait()
	return combine(&parts)
}

func answerInLine(id uint64) uint64 {
	var parts [subtasks]uint64
	for kind := range parts {
		parts[kind] = subtask(kind, id)
	}
	return combine(&parts)
}

type subtaskJob struct {
	id    uint64
	reply chan<- uint64
}

func newSubtaskPools() (pools [subtasks]chan subtaskJob, closePools func()) {
	var wg sync.WaitGroup
	for kind := range pools {
		jobs := make(chan subtaskJob, clients)
		pools[kind] = jobs
		wg.Add(clients)
		for range clients {
			go func() {
				defer wg.Done()
				for job := range jobs {
					job.reply <- subtask(kind, job.id)
				}
			}()
		}
	}
	return pools, func() {
		for _, jobs := range pools {
			close(jobs)
		}
		wg.Wait()
	}
}

func answerByPools(pools [subtasks]chan subtaskJob, id uint64) uint64 {
	var replies [subtasks]chan uint64
	for kind := range replies {
		replies[kind] = make(chan uint64, 1)
	}
	return answerWith(&pools, &replies, id)
}

func answerWith(pools *[subtasks]chan subtaskJob, replies *[subtasks]chan uint64, id uint64) uint64 {
	for kind, jobs := range pools {
		jobs <- subtaskJob{id, replies[kind]}
	}
	var parts [subtasks]uint64
	for kind := range parts {
		parts[kind] = <-replies[kind]
	}
	return combine(&parts)
}
