// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const idleTimeout = 5 * time.Second

// What a loop has seen of its messages, in order.
type digest struct {
	count int
	mix   uint64
}

func (d *digest) take(value uint64) {
	d.count++
	d.mix = d.mix*31 + value
}

// digestOf is the digest of values 0 to count-1, made without channels.
func digestOf(count int) digest {
	var d digest
	for i := range count {
		d.take(Work(uint64(i), 2))
	}
	return d
}

// source starts a goroutine that sends count values and closes the channel.
func source(count, buffer int) <-chan uint64 {
	values := make(chan uint64, buffer)
	go func() {
		for i := range count {
			values <- Work(uint64(i), 2)
		}
		close(values)
	}()
	return values
}

func init() {
	for _, messages := range []int{10_000, 50_000} {
		want := func() digest { return digestOf(messages) }
		row := Row{Pair: "after_in_select", Workload: fmt.Sprintf("messages:%d", messages),
			Ops: messages, FullOnly: messages > 10_000}
		row.Variant = "before"
		add(row, want, plain(func() digest { return readWithAfter(messages) }))
		row.Variant = "after"
		add(row, want, plain(func() digest { return readWithOneTimer(messages) }))
		row.Variant = "wheel"
		add(row, want, func() prepared[digest] { return readWithWheel(messages) })
	}
}

func readWithAfter(count int) digest {
	cancelled := make(chan struct{})
	messages := source(count, 64)
	var d digest
	for {
		select {
		case <-cancelled:
			return d
		case message, open := <-messages:
			if !open {
				return d
			}
			d.take(message)
		case <-time.After(idleTimeout):
			return d
		}
	}
}

func readWithOneTimer(count int) digest {
	cancelled := make(chan struct{})
	messages := source(count, 64)
	idle := time.NewTimer(idleTimeout)
	defer idle.Stop()
	var d digest
	for {
		select {
		case <-cancelled:
			return d
		case message, open := <-messages:
			if !open {
				return d
			}
			d.take(message)
			idle.Reset(idleTimeout) // since Go 1.23 a Reset drops a value that nobody received
		case <-idle.C:
			return d
		}
	}
}

// timerWheel is a ring of slots, one a tick. A timeout stays in the slot it was filed in when it is
// put off; when that slot comes up it is filed anew, or it expires.
type timerWheel struct {
	now   atomic.Int64 // ticks; written with mu held
	mu    sync.Mutex
	slots [512][]*wheelTimeout
}

type wheelTimeout struct {
	deadline atomic.Int64
	slot     int64
	expired  chan struct{}
}

// file requires that mu is held.
func (w *timerWheel) file(t *wheelTimeout) {
	t.slot = t.deadline.Load() % int64(len(w.slots))
	w.slots[t.slot] = append(w.slots[t.slot], t)
}

func (w *timerWheel) add(t *wheelTimeout, ticks int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.putOff(t, ticks)
	w.file(t)
}

func (w *timerWheel) putOff(t *wheelTimeout, ticks int64) { t.deadline.Store(w.now.Load() + ticks) }

func (w *timerWheel) remove(t *wheelTimeout) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slots[t.slot] = slices.DeleteFunc(w.slots[t.slot], func(other *wheelTimeout) bool { return other == t })
}

func (w *timerWheel) advance() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now.Add(1)
	due := w.slots[now%int64(len(w.slots))]
	w.slots[now%int64(len(w.slots))] = nil
	for _, t := range due {
		if t.deadline.Load() > now {
			w.file(t)
		} else {
			t.expired <- struct{}{}
		}
	}
}

func readWithWheel(count int) prepared[digest] {
	const tick = 10 * time.Millisecond
	const idleTicks = int64(idleTimeout / tick)
	wheel, stop := &timerWheel{}, make(chan struct{})
	go func() {
		ticker := time.NewTicker(tick)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				wheel.advance()
			case <-stop:
				return
			}
		}
	}()
	return prepared[digest]{
		run: func() (d digest) {
			cancelled := make(chan struct{})
			messages := source(count, 64)
			idle := &wheelTimeout{expired: make(chan struct{}, 1)}
			wheel.add(idle, idleTicks)
			defer wheel.remove(idle)
			for {
				select {
				case <-cancelled:
					return d
				case message, open := <-messages:
					if !open {
						return d
					}
					d.take(message)
					wheel.putOff(idle, idleTicks)
				case <-idle.expired:
					return d
				}
			}
		},
		close: func() { close(stop) },
	}
}
