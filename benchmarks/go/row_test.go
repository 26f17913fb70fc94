// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"syscall"
	"testing"
)

var list = flag.Bool("unpark.list", false, "print the rows, a line each, its fields with tabs, and run nothing")

func TestMain(m *testing.M) {
	flag.Parse()
	if *list {
		for _, r := range Rows() {
			fmt.Printf("%s\t%s\t%s\t%d\t%d\t%g\t%t\t%t\n", r.Pair, r.Variant, r.Workload, r.Ops,
				r.Procs, r.Quota, r.FullOnly, r.WrongOnPurpose)
		}
		return
	}
	os.Exit(m.Run())
}

func TestEveryRowGivesTheReferenceResult(t *testing.T) {
	for _, row := range Rows() {
		if row.FullOnly {
			continue
		}
		t.Run(row.Name(), func(t *testing.T) {
			instance := row.Prepare()
			defer instance.Close()
			for range 100 {
				instance.Run()
				err := instance.Check()
				if !row.WrongOnPurpose {
					if err != nil {
						t.Error(err)
					}
					return
				}
				if err != nil {
					return
				}
			}
			t.Error("it is wrong on purpose, but its check found nothing")
		})
	}
}

func cpuNanoseconds() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func quantile(sorted []int64, q float64) float64 {
	return float64(sorted[min(int(q*float64(len(sorted))), len(sorted)-1)])
}

// BenchmarkRow/PAIR/VARIANT/WORKLOAD: checks, times, and checks again.
func BenchmarkRow(b *testing.B) {
	for _, row := range Rows() {
		b.Run(row.Name(), func(b *testing.B) { benchmarkRow(b, row) })
	}
}

func benchmarkRow(b *testing.B, row Row) {
	instance := row.Prepare()
	defer instance.Close()
	check := func() {
		if err := instance.Check(); err != nil && !row.WrongOnPurpose {
			b.Fatal(err)
		}
	}
	instance.Run()
	check()
	b.ReportAllocs()
	b.ResetTimer()
	start := cpuNanoseconds()
	for range b.N {
		instance.Run()
	}
	cpu := cpuNanoseconds() - start
	b.StopTimer()
	check()
	b.ReportMetric(float64(cpu)/float64(b.N), "cpu_ns")
	if instance.Latencies != nil {
		sorted := slices.Sorted(slices.Values(instance.Latencies()))
		b.ReportMetric(quantile(sorted, 0.50), "p50_ns")
		b.ReportMetric(quantile(sorted, 0.99), "p99_ns")
	}
	if instance.Figures != nil {
		for name, value := range instance.Figures() {
			b.ReportMetric(value, "fig."+name)
		}
	}
}
