// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

func init() {
	for _, items := range []int{1_000, 100_000} {
		want := func() []uint64 {
			out := make([]uint64, 0, items)
			for i := range items {
				out = append(out, Work(uint64(i), 90))
			}
			return out
		}
		row := Row{Pair: "add_inside_goroutine", Workload: fmt.Sprintf("items:%d", items), Ops: items,
			FullOnly: items > 1_000}
		mapped := func(addBefore bool) func() prepared[[]uint64] {
			return func() prepared[[]uint64] {
				m := &parallelMap{items: items, addBefore: addBefore}
				return prepared[[]uint64]{run: m.run, figures: func() map[string]float64 { return m.figures }}
			}
		}
		row.Variant, row.WrongOnPurpose = "before", true
		add(row, want, mapped(false))
		row.Variant, row.WrongOnPurpose = "after", false
		add(row, want, mapped(true))
		row.Variant = "wg_go"
		add(row, want, plain(func() []uint64 {
			out := make([]uint64, items)
			var wg sync.WaitGroup
			for i := range items {
				goIn(&wg, func() { out[i] = Work(uint64(i), 90) })
			}
			wg.Wait()
			return out
		}))
	}
}

// parallelMap maps Work over its items. The slots are atomics and a second WaitGroup knows when all
// goroutines have really finished, so that a Wait which returns early loses items and nothing more.
type parallelMap struct {
	items     int
	addBefore bool
	figures   map[string]float64
}

func (m *parallelMap) run() []uint64 {
	slots := make([]atomic.Uint64, m.items)
	var panics atomic.Int64
	survive := func(call func()) {
		defer func() {
			if recover() != nil {
				panics.Add(1)
			}
		}()
		call()
	}
	start := time.Now()
	wg := new(sync.WaitGroup)
	var finished sync.WaitGroup
	finished.Add(m.items)
	if m.addBefore {
		wg.Add(m.items)
	}
	for i := range m.items {
		go func() {
			defer finished.Done()
			if !m.addBefore {
				survive(func() { wg.Add(1) }) // BUG: Wait may have looked already
			}
			slots[i].Store(Work(uint64(i), 90))
			survive(wg.Done)
		}()
	}
	survive(wg.Wait)
	waited := time.Since(start)
	out := make([]uint64, m.items)
	lost := 0
	for i := range slots {
		if out[i] = slots[i].Load(); out[i] == 0 {
			lost++
		}
	}
	finished.Wait()
	m.figures = map[string]float64{
		"early_returns":    float64(min(lost, 1)),
		"lost_items":       float64(lost),
		"panics":           float64(panics.Load()),
		"wait_returned_ns": float64(waited),
	}
	return out
}

// goIn is WaitGroup.Go, which the standard library has since Go 1.25.
func goIn(wg *sync.WaitGroup, f func()) {
	wg.Add(1)
	go func() {
		defer wg.Done()
		f()
	}()
}
