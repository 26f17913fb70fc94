// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

//! What all systems share: a prepared row, clocks, and the set of CPUs; as in ../../peer.h.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

pub struct Params {
    /// What the row says it is: tasks, capacity, live timers.
    pub size: usize,
    pub workers: usize,
}

/// What a row measures beside the time of its batches.
#[derive(Default)]
pub struct Measured {
    pub latencies: Vec<i64>,
    pub figures: BTreeMap<&'static str, f64>,
}

/// A prepared row. One batch does `operations` operations and returns its answer.
pub struct Work {
    pub operations: u64,
    pub answer: u64,
    pub batch: Box<dyn FnMut() -> u64>,
    pub measured: Arc<Mutex<Measured>>,
    /// A second batch would find a warm process.
    pub once: bool,
}

impl Work {
    pub fn new(operations: u64, answer: u64, batch: impl FnMut() -> u64 + 'static) -> Work {
        let measured = Arc::default();
        Work { operations, answer, batch: Box::new(batch), measured, once: false }
    }
}

/// A row that measures more than time: `prepare` gets the place where its batches leave it.
pub fn measured(prepare: impl FnOnce(Arc<Mutex<Measured>>) -> Work) -> Work {
    let measured: Arc<Mutex<Measured>> = Arc::default();
    Work { measured: measured.clone(), ..prepare(measured) }
}

/// A system's rows: the name, the size where the command line gives none, and how to prepare it.
pub type Rows = Vec<(&'static str, usize, fn(&Params) -> Work)>;

fn clock(id: libc::clockid_t) -> i64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is a timespec of ours.
    unsafe { libc::clock_gettime(id, &mut now) };
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}

pub fn now_ns() -> i64 {
    clock(libc::CLOCK_MONOTONIC)
}

pub fn cpu_ns() -> i64 {
    clock(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// Keeps the processor busy for so long, without a call of any scheduler.
pub fn spin_for(ns: i64) {
    let until = now_ns() + ns;
    while now_ns() < until {}
}

/// Lets only `count` CPUs of those it has run this process.
pub fn keep_to_cpus(count: usize) {
    // SAFETY: both sets are ours, and an all-zero set is an empty one.
    unsafe {
        let size = std::mem::size_of::<libc::cpu_set_t>();
        let mut had: libc::cpu_set_t = std::mem::zeroed();
        let mut kept: libc::cpu_set_t = std::mem::zeroed();
        if libc::sched_getaffinity(0, size, &mut had) != 0 {
            return;
        }
        for cpu in 0..libc::CPU_SETSIZE as usize {
            if libc::CPU_ISSET(cpu, &had) && (libc::CPU_COUNT(&kept) as usize) < count {
                libc::CPU_SET(cpu, &mut kept);
            }
        }
        libc::sched_setaffinity(0, size, &kept);
    }
}

/// Memory of this process that is in RAM.
pub fn resident_bytes() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: f64 = text.split(' ').nth(1).and_then(|p| p.parse().ok()).unwrap_or(0.0);
    pages * 4096.0
}

/// 0 + 1 + ... + (n - 1).
pub fn sum_below(n: u64) -> u64 {
    n * (n - 1) / 2
}

/// 0, 1, 1, 2, 3, 5: the n-th of them.
pub fn fib_number(n: usize) -> u64 {
    (0..n).fold((0, 1), |(a, b), _| (b, a + b)).0
}

/// On a cache line of its own.
#[repr(align(128))]
#[derive(Default)]
pub struct Padded(pub std::sync::atomic::AtomicU64);

pub const CHAN_MESSAGES: u64 = 200_000;
pub const LOCK_CALLS: u64 = 200_000;
pub const PING_PONGS: u64 = 10_000;
pub const PING_PONGS_THREADS: u64 = 500;
pub const SELECTS: u64 = 50_000;
pub const SPAWNS: u64 = 10_000;
pub const TIMERS: u64 = 50_000;
pub const WAKES: u64 = 100;
pub const YIELDS: u64 = 100_000;
