// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// rows are those of ../README.md, each as ../unpark/rows.cc has it.
var rows map[string]row

func init() {
	rows = map[string]row{
		"yield_two":         {0, yieldTwo},
		"yield_alone":       {0, yieldAlone},
		"sleep_zero":        {0, sleepZero},
		"spawn_all":         {1_000_000, spawnAll},
		"spawn_one":         {0, spawnOne},
		"skynet":            {1_000_000, skynetRow},
		"fib":               {27, fibRow},
		"parked":            {1_000_000, parked},
		"ping_pong":         {0, func(params) work { return pingPong(10_000, false) }},
		"ping_pong_threads": {0, func(params) work { return pingPong(500, true) }},
		"chan_1p1c":         {1024, func(p params) work { return queue(p.size, 1, 1) }},
		"chan_8p1c":         {1024, func(p params) work { return queue(p.size, 8, 1) }},
		"chan_1p8c":         {1024, func(p params) work { return queue(p.size, 1, 8) }},
		"select_ready":      {2, selectReady},
		"select_default":    {1, selectDefault},
		"select_producers":  {0, selectProducers},
		"mutex":             {1, mutexRow},
		"read_lock":         {1, readLock},
		"write_lock":        {1, writeLock},
		"atomic_add":        {8, atomicAdd},
		"timer_stop":        {0, timerStop},
		"timer_reset":       {0, timerReset},
		"after_func_stop":   {0, afterFuncStop},
		"sleepers":          {1000, sleepers},
		"wake_idle":         {0, wakeIdle},
		"work_conservation": {0, workConservation},
		"tight_loop":        {0, tightLoop},
		"foreign_empty":     {0, func(params) work { return calls(foreign) }},
		"blocking_syscall":  {0, func(params) work { return calls(func() { syscall.Getppid() }) }},
		"context_cancel":    {0, contextCancel},
		"context_tree":      {1000, contextTree},
	}
}

func sumBelow(n int) uint64 { return uint64(n) * uint64(n-1) / 2 }

// Tasks.

func yieldTwo(params) work {
	const each = 50_000
	return work{operations: 2 * each, answer: 2 * each, batch: func() uint64 {
		var yields [2]uint64
		var done sync.WaitGroup
		for task := range yields {
			done.Add(1)
			go func() {
				defer done.Done()
				for range each {
					runtime.Gosched()
					yields[task]++
				}
			}()
		}
		done.Wait()
		return yields[0] + yields[1]
	}}
}

func yieldAlone(params) work {
	const n = 100_000
	return work{operations: n, answer: n, batch: func() (yields uint64) {
		for range n {
			runtime.Gosched()
			yields++
		}
		return yields
	}}
}

func sleepZero(params) work {
	const n = 100_000
	return work{operations: n, answer: n, batch: func() (sleeps uint64) {
		for range n {
			time.Sleep(0)
			sleeps++
		}
		return sleeps
	}}
}

func spawnAll(p params) work {
	marks := make([]byte, p.size)
	return work{operations: p.size, answer: uint64(p.size), batch: func() (sum uint64) {
		clear(marks)
		var done sync.WaitGroup
		for i := range marks {
			done.Add(1)
			go func() {
				marks[i] = 1
				done.Done()
			}()
		}
		done.Wait()
		for _, mark := range marks {
			sum += uint64(mark)
		}
		return sum
	}}
}

func spawnOne(params) work {
	const n = 10_000
	return work{operations: n, answer: sumBelow(n), batch: func() (sum uint64) {
		for i := range n {
			var done sync.WaitGroup
			done.Add(1)
			go func() {
				sum += uint64(i)
				done.Done()
			}()
			done.Wait()
		}
		return sum
	}}
}

func skynet(first uint64, size int) uint64 {
	if size == 1 {
		return first
	}
	results := make(chan uint64, 10)
	for child := range 10 {
		go func() {
			part := size / 10
			results <- skynet(first+uint64(child*part), part)
		}()
	}
	sum := uint64(0)
	for range 10 {
		sum += <-results
	}
	return sum
}

func skynetRow(p params) work {
	return work{operations: 1, answer: sumBelow(p.size), batch: func() uint64 {
		result := make(chan uint64)
		go func() { result <- skynet(0, p.size) }()
		return <-result
	}}
}

func fib(n int) uint64 {
	if n < 2 {
		return uint64(n)
	}
	var left uint64
	var done sync.WaitGroup
	done.Add(1)
	go func() {
		left = fib(n - 1)
		done.Done()
	}()
	right := fib(n - 2)
	done.Wait()
	return left + right
}

func fibNumber(n int) int {
	a, b := 0, 1
	for range n {
		a, b = b, a+b
	}
	return a
}

func fibRow(p params) work {
	return work{operations: fibNumber(p.size+1) - 1, answer: uint64(fibNumber(p.size)),
		batch: func() uint64 { return fib(p.size) }}
}

func residentBytes() float64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, _ := strconv.Atoi(strings.Fields(string(text))[1])
	return float64(pages * os.Getpagesize())
}

func parked(p params) work {
	m := &measured{}
	burst := func() (count uint64, ns, bytesEach float64) {
		resident, begin := residentBytes(), nowNs()
		gate := make(chan struct{})
		var arrived, done sync.WaitGroup
		var left atomic.Uint64
		arrived.Add(p.size)
		for range p.size {
			done.Add(1)
			go func() {
				arrived.Done()
				<-gate
				left.Add(1)
				done.Done()
			}()
		}
		arrived.Wait()
		ns = float64(nowNs()-begin) / float64(p.size)
		bytesEach = (residentBytes() - resident) / float64(p.size)
		close(gate)
		done.Wait()
		return left.Load(), ns, bytesEach
	}
	return work{operations: 2 * p.size, answer: 2 * uint64(p.size), measured: m, once: true,
		batch: func() uint64 {
			first, cold, bytesEach := burst()
			second, warm, _ := burst()
			m.figures = map[string]float64{"bytes_each": bytesEach, "cold_ns": cold, "second_ns": warm}
			return first + second
		}}
}

// Channels.

func pingPong(trips int, locked bool) work {
	return work{operations: trips, answer: sumBelow(trips) + uint64(trips), batch: func() uint64 {
		ping, pong, result := make(chan int), make(chan int), make(chan int)
		go func() {
			if locked {
				runtime.LockOSThread()
			}
			for v := range ping {
				pong <- v + 1
			}
			close(pong)
		}()
		go func() {
			if locked {
				runtime.LockOSThread()
			}
			sum := 0
			for i := range trips {
				ping <- i
				sum += <-pong
			}
			close(ping)
			<-pong
			result <- sum
		}()
		return uint64(<-result)
	}}
}

func queue(capacity, producers, consumers int) work {
	const n = 200_000
	return work{operations: n, answer: sumBelow(n), batch: func() (sum uint64) {
		messages := make(chan int, capacity)
		sums := make([]uint64, consumers)
		var sent, received sync.WaitGroup
		for c := range consumers {
			received.Add(1)
			go func() {
				defer received.Done()
				sum := uint64(0)
				for v := range messages {
					sum += uint64(v)
				}
				sums[c] = sum
			}()
		}
		for first := range producers {
			sent.Add(1)
			go func() {
				defer sent.Done()
				for i := first; i < n; i += producers {
					messages <- i
				}
			}()
		}
		sent.Wait()
		close(messages)
		received.Wait()
		for _, part := range sums {
			sum += part
		}
		return sum
	}}
}

func selectDefault(p params) work {
	return work{operations: selects, answer: selects, batch: func() (defaults uint64) {
		a, b := make(chan int, 1), make(chan int, 1)
		for range selects {
			if p.size == 1 {
				select {
				case <-a:
				default:
					defaults++
				}
			} else {
				select {
				case <-a:
				case <-b:
				default:
					defaults++
				}
			}
		}
		return defaults
	}}
}

func selectProducers(p params) work {
	const each = 50_000
	return work{operations: 2 * each, answer: 2 * sumBelow(each), batch: func() uint64 {
		a, b, result := make(chan int, p.size), make(chan int, p.size), make(chan int)
		for _, out := range []chan int{a, b} {
			go func() {
				for i := range each {
					out <- i
				}
			}()
		}
		go func() {
			sum := 0
			for range 2 * each {
				select {
				case v := <-a:
					sum += v
				case v := <-b:
					sum += v
				}
			}
			result <- sum
		}()
		return uint64(<-result)
	}}
}

// Locks.

// share has `tasks` tasks share 200,000 calls of step(task).
func share(tasks int, step func(task int)) {
	var done sync.WaitGroup
	for task := range tasks {
		done.Add(1)
		go func() {
			defer done.Done()
			for i := task; i < 200_000; i += tasks {
				step(task)
			}
		}()
	}
	done.Wait()
}

func mutexRow(p params) work {
	return work{operations: 200_000, answer: 200_000, batch: func() uint64 {
		var mutex sync.Mutex
		count := uint64(0)
		share(p.size, func(int) {
			mutex.Lock()
			count++
			mutex.Unlock()
		})
		return count
	}}
}

type padded struct {
	value uint64
	_     [120]byte
}

func readLock(p params) work {
	return work{operations: 200_000, answer: 200_000, batch: func() (sum uint64) {
		var lock sync.RWMutex
		one := uint64(1)
		sums := make([]padded, p.size)
		share(p.size, func(task int) {
			lock.RLock()
			sums[task].value += one
			lock.RUnlock()
		})
		for i := range sums {
			sum += sums[i].value
		}
		return sum
	}}
}

func writeLock(p params) work {
	return work{operations: 200_000, answer: 200_000, batch: func() uint64 {
		var lock sync.RWMutex
		count := uint64(0)
		share(p.size, func(int) {
			lock.Lock()
			count++
			lock.Unlock()
		})
		return count
	}}
}

func atomicAdd(p params) work {
	return work{operations: 200_000, answer: 200_000, batch: func() uint64 {
		var count atomic.Uint64
		share(p.size, func(int) { count.Add(1) })
		return count.Load()
	}}
}

// Timers.

const timers = 50_000

var live []*time.Timer

func makeLive(count int) {
	for i := range count {
		live = append(live, time.AfterFunc(time.Hour+time.Duration(i)*1000, func() {}))
	}
}

func timerStop(p params) work {
	makeLive(p.size)
	return work{operations: timers, answer: timers, batch: func() (stopped uint64) {
		for range timers {
			if time.NewTimer(time.Hour).Stop() {
				stopped++
			}
		}
		return stopped
	}}
}

func timerReset(p params) work {
	makeLive(p.size)
	return work{operations: timers, answer: timers, batch: func() (reset uint64) {
		timer := time.NewTimer(time.Hour)
		for i := range timers {
			if timer.Reset(time.Hour + time.Duration(i)) {
				reset++
			}
		}
		timer.Stop()
		return reset
	}}
}

func afterFuncStop(p params) work {
	makeLive(p.size)
	return work{operations: timers, answer: timers, batch: func() (stopped uint64) {
		for range timers {
			if time.AfterFunc(time.Hour, func() {}).Stop() {
				stopped++
			}
		}
		return stopped
	}}
}

func sleepers(p params) work {
	const times = 5
	m := &measured{}
	return work{operations: times * p.size, answer: uint64(times * p.size), measured: m,
		batch: func() (woken uint64) {
			late := make([]int64, times*p.size)
			var done sync.WaitGroup
			for s := range p.size {
				done.Add(1)
				go func() {
					defer done.Done()
					for i := range times {
						due := nowNs() + 1_000_000
						time.Sleep(time.Millisecond)
						late[s*times+i] = nowNs() - due
					}
				}()
			}
			done.Wait()
			m.latencies = append(m.latencies, late...)
			for _, ns := range late {
				if ns >= 0 {
					woken++
				}
			}
			return woken
		}}
}

// Latencies of the scheduler.

func receiveStamps(stamps chan int64, m *measured, done *sync.WaitGroup) {
	done.Add(1)
	go func() {
		defer done.Done()
		for stamp := range stamps {
			m.latencies = append(m.latencies, nowNs()-stamp)
		}
	}()
}

func wakeIdle(params) work {
	const wakes = 100
	m := &measured{}
	return work{operations: wakes, answer: wakes, measured: m, batch: func() uint64 {
		before := len(m.latencies)
		stamps := make(chan int64)
		var done sync.WaitGroup
		receiveStamps(stamps, m, &done)
		done.Add(1)
		go func() {
			defer done.Done()
			runtime.LockOSThread()
			for range wakes {
				millisecond := syscall.NsecToTimespec(1_000_000)
				syscall.Nanosleep(&millisecond, nil)
				stamps <- nowNs()
			}
			close(stamps)
		}()
		done.Wait()
		return uint64(len(m.latencies) - before)
	}}
}

func spinFor(ns int64) {
	for until := nowNs() + ns; nowNs() < until; {
	}
}

func workConservation(params) work {
	const times = 20
	m := &measured{}
	return work{operations: times, answer: times, measured: m, batch: func() uint64 {
		before := len(m.latencies)
		stamps := make(chan int64)
		var done sync.WaitGroup
		receiveStamps(stamps, m, &done)
		for range times {
			time.Sleep(2 * time.Millisecond) // the other P falls idle
			stamps <- nowNs()
			spinFor(10_000_000)
		}
		close(stamps)
		done.Wait()
		return uint64(len(m.latencies) - before)
	}}
}

func tightLoop(p params) work {
	const times = 10
	m := &measured{}
	return work{operations: times, answer: times, measured: m, batch: func() (count uint64) {
		for range times {
			var stop atomic.Bool
			var done sync.WaitGroup
			for range p.workers {
				done.Add(1)
				go func() {
					defer done.Done()
					for until := nowNs() + 200_000_000; !stop.Load() && nowNs() < until; {
					}
				}()
			}
			due := nowNs() + 1_000_000
			time.Sleep(time.Millisecond)
			m.latencies = append(m.latencies, nowNs()-due)
			count++
			stop.Store(true)
			done.Wait()
		}
		return count
	}}
}

// Foreign code and contexts.

func calls(call func()) work {
	const n = 50_000
	return work{operations: n, answer: n, batch: func() (count uint64) {
		for range n {
			call()
			count++
		}
		return count
	}}
}

func contextCancel(params) work {
	const n = 20_000
	return work{operations: n, answer: n, batch: func() (cancelled uint64) {
		for range n {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			if ctx.Err() == context.Canceled {
				cancelled++
			}
		}
		return cancelled
	}}
}

func contextTree(p params) work {
	const trees = 20
	m := &measured{}
	return work{operations: trees, answer: uint64(trees * p.size), measured: m,
		batch: func() (cancelled uint64) {
			for range trees {
				parent, cancel := context.WithCancel(context.Background())
				children := make([]context.Context, p.size)
				cancels := make([]context.CancelFunc, p.size)
				for i := range children {
					children[i], cancels[i] = context.WithCancel(parent)
				}
				begin := nowNs()
				cancel()
				m.latencies = append(m.latencies, nowNs()-begin)
				for _, child := range children {
					if child.Err() == context.Canceled {
						cancelled++
					}
				}
				for _, release := range cancels {
					release()
				}
			}
			return cancelled
		}}
}
