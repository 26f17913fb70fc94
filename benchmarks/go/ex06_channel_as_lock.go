// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"fmt"
	"maps"
	"runtime"
	"sync"
)

const settingKeys = 256

func init() {
	names := make([]string, settingKeys)
	for key := range names {
		names[key] = fmt.Sprintf("setting.%d", key)
	}
	for _, w := range []struct {
		name            string
		writers, writes int
		full            bool
	}{
		{"writers:1", 1, 8_000, false},
		{"writers:8", 8, 8_000, false},
		{"writers:1,writes:1000000", 1, 1_000_000, true},
	} {
		each := w.writes / w.writers
		// Writers set keys of their own, so the result does not depend on who comes first.
		write := func(writer int, set func(string, int)) {
			for i := range each {
				set(names[(i*w.writers+writer)%settingKeys], i*31+writer)
			}
		}
		want := func() map[string]int {
			settings := map[string]int{}
			for writer := w.writers - 1; writer >= 0; writer-- {
				write(writer, func(key string, value int) { settings[key] = value })
			}
			return settings
		}
		row := Row{Pair: "channel_as_lock", Workload: w.name, Ops: each * w.writers, FullOnly: w.full}
		row.Variant = "before"
		add(row, want, plain(func() map[string]int {
			owner := newSettingsOwner()
			produce(w.writers, func(writer int) { write(writer, owner.set) })
			return owner.close()
		}))
		row.Variant = "after"
		add(row, want, plain(func() map[string]int {
			var mu sync.Mutex
			settings := map[string]int{}
			produce(w.writers, func(writer int) {
				write(writer, func(key string, value int) {
					mu.Lock()
					settings[key] = value
					mu.Unlock()
				})
			})
			return settings
		}))
		if w.writers < 8 {
			continue
		}
		row.Variant, row.WrongOnPurpose = "snapshot", true
		add(row, want, plain(func() map[string]int {
			const batch = 16
			var mu sync.Mutex
			settings := map[string]int{}
			produce(w.writers, func(writer int) {
				var own map[string]int
				count := 0
				write(writer, func(key string, value int) {
					if count%batch == 0 {
						mu.Lock()
						own = maps.Clone(settings)
						mu.Unlock()
					}
					own[key] = value
					if count++; count%batch == 0 || count == each {
						runtime.Gosched() // what makes a batch takes its time
						mu.Lock()
						settings = own // BUG: undoes the batches of others since the copy
						mu.Unlock()
					}
				})
			})
			return settings
		}))
	}
}

// settingsOwner holds a map in one goroutine; a write is a message and an awaited answer.
type settingsOwner struct {
	commands chan setCommand
	closed   chan map[string]int
}

type setCommand struct {
	key   string
	value int
	done  chan struct{}
}

func newSettingsOwner() *settingsOwner {
	o := &settingsOwner{make(chan setCommand), make(chan map[string]int, 1)}
	go func() {
		settings := map[string]int{}
		for command := range o.commands {
			settings[command.key] = command.value
			close(command.done)
		}
		o.closed <- settings
	}()
	return o
}

func (o *settingsOwner) set(key string, value int) {
	done := make(chan struct{})
	o.commands <- setCommand{key, value, done}
	<-done
}

func (o *settingsOwner) close() map[string]int {
	close(o.commands)
	return <-o.closed
}
