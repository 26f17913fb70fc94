// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"fmt"
	"hash/maphash"
	"runtime"
	"sync"
	"sync/atomic"
)

const (
	cacheReaders = 32
	cacheKeys    = 1024
)

type cache interface {
	get(key string) (uint64, bool)
	update(key string, make func() uint64) // readers wait while make makes the value
}

// What the readers saw, and what the cache held in the end.
type cacheResult struct {
	hits, keySum int64
	finalSum     uint64
}

func init() {
	names := make([]string, cacheKeys)
	for key := range names {
		names[key] = fmt.Sprintf("session:%d", key*7919)
	}
	for _, w := range []struct {
		name          string
		reads, writes int
		hot           int  // so many keys get three reads in four; 0: all keys alike
		slow          bool // the writer gives way while it makes a value
		full          bool
	}{
		{"readers:32", 64_000, 0, 0, false, false},
		{"readers:32,hot:16", 64_000, 0, 16, false, false},
		{"readers:32,writes:4000", 64_000, 4_000, 0, false, false},
		{"readers:32,slow_writes:100", 6_400, 100, 0, true, false},
		{"readers:32,reads:1600000", 1_600_000, 0, 0, false, true},
	} {
		each := w.reads / cacheReaders
		row := Row{Pair: "single_lock_cache", Workload: w.name, Ops: each*cacheReaders + w.writes,
			FullOnly: w.full}
		want := func() cacheResult { return cacheSequentially(each, w.writes, w.hot) }
		use := func(make func() cache) func() prepared[cacheResult] {
			return func() prepared[cacheResult] {
				c := make()
				for key, name := range names {
					c.update(name, func() uint64 { return cacheValue(key, 0) })
				}
				return prepared[cacheResult]{run: func() cacheResult {
					return useCache(c, names, each, w.writes, w.hot, w.slow)
				}}
			}
		}
		row.Variant = "before"
		add(row, want, use(func() cache { return &lockedMap{values: map[string]uint64{}} }))
		row.Variant = "after"
		add(row, want, use(func() cache { return newShardedMap() }))
		if w.hot > 0 {
			row.Variant = "read_cache"
			add(row, want, use(func() cache { return newHotReadCache() }))
		}
	}
}

func cacheKey(goroutine, i, hot int) int {
	key := (goroutine*131 + i*17) % cacheKeys
	if hot > 0 && i%4 != 0 {
		key %= hot
	}
	return key
}

// A value tells its key, whichever write of it a reader finds.
func cacheValue(key, write int) uint64 { return uint64(write)*cacheKeys + uint64(key) }

func cacheSequentially(each, writes, hot int) cacheResult {
	var result cacheResult
	for reader := range cacheReaders {
		for i := range each {
			result.hits++
			result.keySum += int64(cacheKey(reader, i, hot))
		}
	}
	values := make([]uint64, cacheKeys)
	for key := range values {
		values[key] = cacheValue(key, 0)
	}
	for i := range writes {
		key := cacheKey(cacheReaders, i, hot)
		values[key] = cacheValue(key, i+1)
	}
	for _, value := range values {
		result.finalSum += value
	}
	return result
}

func useCache(c cache, names []string, each, writes, hot int, slow bool) cacheResult {
	results := make([]cacheResult, cacheReaders+1)
	produce(cacheReaders+1, func(goroutine int) {
		if goroutine == cacheReaders { // the writer
			for i := range writes {
				key := cacheKey(cacheReaders, i, hot)
				c.update(names[key], func() uint64 {
					if slow {
						runtime.Gosched()
					}
					return cacheValue(key, i+1)
				})
			}
			return
		}
		var own cacheResult
		for i := range each {
			if value, ok := c.get(names[cacheKey(goroutine, i, hot)]); ok {
				own.hits++
				own.keySum += int64(value % cacheKeys)
			}
		}
		results[goroutine] = own
	})
	var sum cacheResult
	for _, result := range results {
		sum.hits += result.hits
		sum.keySum += result.keySum
	}
	for _, name := range names {
		value, _ := c.get(name)
		sum.finalSum += value
	}
	return sum
}

type lockedMap struct {
	mu     sync.RWMutex
	values map[string]uint64
}

func (m *lockedMap) get(key string) (uint64, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	value, ok := m.values[key]
	return value, ok
}

func (m *lockedMap) update(key string, make func() uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[key] = make()
}

type shardedMap [32]struct {
	lockedMap
	_ [32]byte // 64 bytes each: locks that share a cache line still contend
}

func newShardedMap() *shardedMap {
	m := &shardedMap{}
	for i := range m {
		m[i].values = map[string]uint64{}
	}
	return m
}

func (m *shardedMap) shard(key string) *lockedMap {
	hash := uint32(2166136261) // FNV-1a
	for i := range len(key) {
		hash = (hash ^ uint32(key[i])) * 16777619
	}
	return &m[hash%uint32(len(m))].lockedMap
}

func (m *shardedMap) get(key string) (uint64, bool) { return m.shard(key).get(key) }
func (m *shardedMap) update(key string, make func() uint64) {
	m.shard(key).update(key, make)
}

// hotReadCache is a small table for each P above the shards. An entry holds while its slot's version
// stands still: update changes the value first and the version then, get reads them the other way round.
type hotReadCache struct {
	shards   *shardedMap
	seed     maphash.Seed
	tables   sync.Pool
	versions [64]struct {
		count atomic.Uint64
		_     [56]byte
	}
}

type cacheEntry struct {
	key     string
	version uint64
	value   uint64
	found   bool
}

func newHotReadCache() *hotReadCache {
	c := &hotReadCache{shards: newShardedMap(), seed: maphash.MakeSeed()}
	c.tables.New = func() any { return new([64]cacheEntry) }
	return c
}

func (c *hotReadCache) slot(key string) uint64 { return maphash.String(c.seed, key) % 64 }

func (c *hotReadCache) get(key string) (uint64, bool) {
	slot := c.slot(key)
	version := c.versions[slot].count.Load()
	table := c.tables.Get().(*[64]cacheEntry)
	entry := &table[slot]
	if entry.key != key || entry.version != version {
		value, found := c.shards.get(key)
		*entry = cacheEntry{key, version, value, found}
	}
	value, found := entry.value, entry.found
	c.tables.Put(table)
	return value, found
}

func (c *hotReadCache) update(key string, make func() uint64) {
	c.shards.update(key, make)
	c.versions[c.slot(key)].count.Add(1)
}
