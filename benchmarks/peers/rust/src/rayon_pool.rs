// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

//! rayon: a task is a closure; it cannot park.

use crate::peer::*;
use std::sync::atomic::{AtomicU64, AtomicU8, Ordering};

pub fn rows() -> Rows {
    vec![
        ("spawn_all", 1_000_000, spawn_all),
        ("spawn_one", 0, spawn_one),
        ("skynet", 1_000_000, skynet_row),
        ("fib", 27, fib_row),
        ("atomic_add", 8, atomic_add),
    ]
}

fn pool(p: &Params) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(p.workers).build().unwrap()
}

fn spawn_all(p: &Params) -> Work {
    let pool = pool(p);
    let marks: Vec<AtomicU8> = (0..p.size).map(|_| AtomicU8::new(0)).collect();
    Work::new(p.size as u64, p.size as u64, move || {
        marks.iter().for_each(|mark| mark.store(0, Ordering::Relaxed));
        pool.scope(|scope| {
            for mark in &marks {
                scope.spawn(move |_| mark.store(1, Ordering::Relaxed));
            }
        });
        marks.iter().map(|mark| u64::from(mark.load(Ordering::Relaxed))).sum()
    })
}

fn spawn_one(p: &Params) -> Work {
    let pool = pool(p);
    Work::new(SPAWNS, sum_below(SPAWNS), move || {
        pool.install(|| {
            let sum = AtomicU64::new(0);
            for i in 0..SPAWNS {
                rayon::scope(|scope| {
                    scope.spawn(|_| {
                        sum.store(sum.load(Ordering::Relaxed) + i, Ordering::Relaxed);
                    })
                });
            }
            sum.into_inner()
        })
    })
}

fn skynet(first: u64, size: u64) -> u64 {
    if size == 1 {
        return first;
    }
    let mut results = [0; 10];
    rayon::scope(|scope| {
        for (child, result) in results.iter_mut().enumerate() {
            scope.spawn(move |_| *result = skynet(first + child as u64 * (size / 10), size / 10));
        }
    });
    results.iter().sum()
}

fn skynet_row(p: &Params) -> Work {
    let (pool, size) = (pool(p), p.size as u64);
    Work::new(1, sum_below(size), move || pool.install(|| skynet(0, size)))
}

fn fib(n: usize) -> u64 {
    if n < 2 {
        return n as u64;
    }
    let (left, right) = rayon::join(|| fib(n - 1), || fib(n - 2));
    left + right
}

fn fib_row(p: &Params) -> Work {
    let (pool, n) = (pool(p), p.size);
    Work::new(fib_number(n + 1) - 1, fib_number(n), move || pool.install(|| fib(n)))
}

fn atomic_add(p: &Params) -> Work {
    let (pool, tasks) = (pool(p), p.size);
    Work::new(LOCK_CALLS, LOCK_CALLS, move || {
        let count = AtomicU64::new(0);
        pool.scope(|scope| {
            for task in 0..tasks {
                let count = &count;
                scope.spawn(move |_| {
                    for _ in (task..LOCK_CALLS as usize).step_by(tasks) {
                        count.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        count.into_inner()
    })
}
