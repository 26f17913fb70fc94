// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"fmt"
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
