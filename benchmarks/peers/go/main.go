// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Go's side of the comparison: the command line and the timed loop, as in ../peer.h.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"syscall"
	"time"
)

type params struct {
	size    int // what the row says it is: tasks, capacity, live timers
	workers int
}

// work is a prepared row. One batch does `operations` operations and returns its answer.
type work struct {
	operations int
	answer     uint64 // the right one
	batch      func() uint64
	measured   *measured
	once       bool // a second batch would find a warm process
}

// measured is what a row measures beside the time of its batches.
type measured struct {
	latencies []int64
	figures   map[string]float64
}

type row struct {
	size    int // where the command line gives none
	prepare func(params) work
}

type result struct {
	Row        string             `json:"row"`
	Size       int                `json:"size"`
	Workers    int                `json:"workers"`
	Operations int                `json:"operations"`
	NsPerOp    float64            `json:"ns_per_op"`
	CPUNsPerOp float64            `json:"cpu_ns_per_op"`
	Answer     string             `json:"answer"`
	Figures    map[string]float64 `json:"figures"`
}

var start = time.Now()

func nowNs() int64 { return int64(time.Since(start)) }

func cpuNs() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func quantile(sorted []int64, q float64) float64 {
	rank := int(q*float64(len(sorted)) + 0.999999)
	return float64(sorted[max(rank-1, 0)])
}

func die(status int, format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "peer: "+format+"\n", arguments...)
	os.Exit(status)
}

func measure(name string, p params, minTime float64) result {
	w := rows[name].prepare(p)
	check := func(got uint64) {
		if got != w.answer {
			die(3, "%s: wrong answer: got %d, want %d", name, got, w.answer)
		}
	}
	if !w.once {
		check(w.batch())
		if w.measured != nil {
			*w.measured = measured{}
		}
	}
	operations := 0
	cpu, begin := cpuNs(), nowNs()
	until := begin + int64(minTime*1e9)
	for {
		check(w.batch())
		operations += w.operations
		if w.once || nowNs() >= until {
			break
		}
	}
	ns, cpu := nowNs()-begin, cpuNs()-cpu
	figures := map[string]float64{}
	if w.measured != nil {
		for figure, value := range w.measured.figures {
			figures[figure] = value
		}
		if sample := w.measured.latencies; len(sample) > 0 {
			sort.Slice(sample, func(i, j int) bool { return sample[i] < sample[j] })
			figures["p50_ns"], figures["p99_ns"] = quantile(sample, 0.50), quantile(sample, 0.99)
		}
	}
	return result{name, p.size, p.workers, operations, float64(ns) / float64(operations),
		float64(cpu) / float64(operations), strconv.FormatUint(w.answer, 10), figures}
}

func main() {
	list := flag.Bool("list", false, "print the rows")
	name := flag.String("row", "", "which row")
	workers := flag.Int("workers", 1, "GOMAXPROCS")
	size := flag.Int("size", -1, "the row's size")
	minTime := flag.Float64("min_time", 0.1, "seconds")
	flag.Parse()
	if *list {
		names := []string{}
		for name := range rows {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			fmt.Println(name)
		}
		return
	}
	r, known := rows[*name]
	if !known {
		die(2, "--row='%s' is no row (--list)", *name)
	}
	if *workers < 1 || *workers > 1024 {
		die(2, "--workers='%d' is out of range", *workers)
	}
	if *size < 0 {
		*size = r.size
	}
	runtime.GOMAXPROCS(*workers)
	line, err := json.Marshal(measure(*name, params{*size, *workers}, *minTime))
	if err != nil {
		die(3, "%s: %v", *name, err)
	}
	fmt.Println(string(line))
}
