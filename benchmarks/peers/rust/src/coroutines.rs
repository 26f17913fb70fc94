// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

//! may: stackful coroutines, as goroutines are. Its only channels are unbounded. Each stack is a
//! mapping of its own, and a process may have some 32,000: it has no row of many tasks.

use crate::peer::*;
use may::coroutine::{self, JoinHandle};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub fn rows() -> Rows {
    vec![
        ("yield_two", 0, yield_two),
        ("yield_alone", 0, yield_alone),
        ("spawn_one", 0, spawn_one),
        ("ping_pong", 0, ping_pong),
        ("mutex", 1, mutex),
        ("read_lock", 1, read_lock),
        ("write_lock", 1, write_lock),
        ("atomic_add", 8, atomic_add),
        ("sleepers", 1000, sleepers),
        ("work_conservation", 0, work_conservation),
    ]
}

fn spawn<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    // SAFETY: no row keeps thread-local state across a switch, nor needs a large stack.
    unsafe { coroutine::spawn(f) }
}

/// A row whose batch is one coroutine, which may make others.
fn work<F>(p: &Params, operations: u64, answer: u64, task: impl Fn() -> F + 'static) -> Work
where
    F: FnOnce() -> u64 + Send + 'static,
{
    may::config().set_workers(p.workers);
    Work::new(operations, answer, move || spawn(task()).join().unwrap())
}

/// The same, where the coroutine leaves figures as well.
fn measured_work(
    p: &Params,
    operations: u64,
    answer: u64,
    task: impl Fn(Arc<Mutex<Measured>>) -> u64 + Clone + Send + 'static,
) -> Work {
    measured(|out| {
        work(p, operations, answer, move || {
            let (task, out) = (task.clone(), out.clone());
            move || task(out)
        })
    })
}

fn sum_of(tasks: Vec<JoinHandle<u64>>) -> u64 {
    tasks.into_iter().map(|task| task.join().unwrap()).sum()
}

fn yields(count: u64) -> u64 {
    let mut yields = 0;
    for _ in 0..count {
        coroutine::yield_now();
        yields += 1;
    }
    yields
}

fn yield_two(p: &Params) -> Work {
    work(p, YIELDS, YIELDS, || || sum_of((0..2).map(|_| spawn(|| yields(YIELDS / 2))).collect()))
}

fn yield_alone(p: &Params) -> Work {
    work(p, YIELDS, YIELDS, || || yields(YIELDS))
}

fn spawn_one(p: &Params) -> Work {
    work(p, SPAWNS, sum_below(SPAWNS), || {
        || (0..SPAWNS).map(|i| spawn(move || i).join().unwrap()).sum()
    })
}

fn ping_pong(p: &Params) -> Work {
    work(p, PING_PONGS, sum_below(PING_PONGS) + PING_PONGS, || {
        || {
            let (ping, pings) = may::sync::mpsc::channel::<u64>();
            let (pong, pongs) = may::sync::mpsc::channel();
            let partner = spawn(move || {
                while let Ok(v) = pings.recv() {
                    pong.send(v + 1).unwrap();
                }
            });
            let mut sum = 0;
            for i in 0..PING_PONGS {
                ping.send(i).unwrap();
                sum += pongs.recv().unwrap();
            }
            drop(ping);
            partner.join().unwrap();
            sum
        }
    })
}

fn share(tasks: usize, step: impl Fn(usize) + Clone + Send + 'static) {
    let share_of = |task: usize| {
        let step = step.clone();
        spawn(move || {
            (task..LOCK_CALLS as usize).step_by(tasks).for_each(|_| step(task));
            0
        })
    };
    sum_of((0..tasks).map(share_of).collect());
}

/// A row of the lock that guards a number, to which `add` adds 1.
fn locked<L>(p: &Params, add: impl Fn(&L) + Copy + Send + 'static, count: fn(L) -> u64) -> Work
where
    L: Default + Send + Sync + 'static,
{
    let tasks = p.size;
    work(p, LOCK_CALLS, LOCK_CALLS, move || {
        move || {
            let lock = Arc::<L>::default();
            let shared = lock.clone();
            share(tasks, move |_| add(&shared));
            count(Arc::into_inner(lock).unwrap())
        }
    })
}

fn mutex(p: &Params) -> Work {
    use may::sync::Mutex;
    locked(p, |count: &Mutex<u64>| *count.lock().unwrap() += 1, |c| c.into_inner().unwrap())
}

fn write_lock(p: &Params) -> Work {
    use may::sync::RwLock;
    locked(p, |count: &RwLock<u64>| *count.write().unwrap() += 1, |c| c.into_inner().unwrap())
}

fn read_lock(p: &Params) -> Work {
    let tasks = p.size;
    work(p, LOCK_CALLS, LOCK_CALLS, move || {
        move || {
            let lock = Arc::new(may::sync::RwLock::new(1));
            let sums: Arc<Vec<Padded>> = Arc::new((0..tasks).map(|_| Padded::default()).collect());
            let (shared, parts) = (lock.clone(), sums.clone());
            share(tasks, move |task| {
                let one = *shared.read().unwrap();
                let sum = &parts[task].0;
                sum.store(sum.load(Ordering::Relaxed) + one, Ordering::Relaxed);
            });
            sums.iter().map(|sum| sum.0.load(Ordering::Relaxed)).sum()
        }
    })
}

fn atomic_add(p: &Params) -> Work {
    let tasks = p.size;
    work(p, LOCK_CALLS, LOCK_CALLS, move || {
        move || {
            let count = Arc::new(AtomicU64::new(0));
            let shared = count.clone();
            share(tasks, move |_| {
                shared.fetch_add(1, Ordering::SeqCst);
            });
            count.load(Ordering::SeqCst)
        }
    })
}

fn sleepers(p: &Params) -> Work {
    const TIMES: u64 = 5;
    let count = p.size as u64;
    measured_work(p, TIMES * count, TIMES * count, move |out| {
        let sleeper = |_| {
            spawn(|| {
                let mut late = Vec::new();
                for _ in 0..TIMES {
                    let due = now_ns() + 1_000_000;
                    coroutine::sleep(Duration::from_millis(1));
                    late.push(now_ns() - due);
                }
                late
            })
        };
        let tasks: Vec<_> = (0..count).map(sleeper).collect();
        let mut woken = 0;
        for task in tasks {
            let late = task.join().unwrap();
            woken += late.iter().filter(|ns| **ns >= 0).count() as u64;
            out.lock().unwrap().latencies.extend(late);
        }
        woken
    })
}

fn work_conservation(p: &Params) -> Work {
    const TIMES: u64 = 20;
    measured_work(p, TIMES, TIMES, |out| {
        let (sender, stamps) = may::sync::mpsc::channel::<i64>();
        let taken = spawn(move || {
            let mut taken = 0;
            while let Ok(stamp) = stamps.recv() {
                out.lock().unwrap().latencies.push(now_ns() - stamp);
                taken += 1;
            }
            taken
        });
        for _ in 0..TIMES {
            coroutine::sleep(Duration::from_millis(2));
            sender.send(now_ns()).unwrap();
            spin_for(10_000_000);
        }
        drop(sender);
        taken.join().unwrap()
    })
}
