// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

//! Channels and locks on the operating system's threads: crossbeam, kanal, parking_lot.

use crate::peer::*;
use std::thread;
use std::time::Duration;

/// The rows of a crate whose channels are `$bounded(capacity)`.
macro_rules! channel_rows {
    ($module:ident, $bounded:path) => {
        mod $module {
            use super::*;

            fn round_trips(trips: u64) -> Work {
                Work::new(trips, sum_below(trips) + trips, move || {
                    let (ping, pings) = $bounded(0);
                    let (pong, pongs) = $bounded(0);
                    thread::scope(|scope| {
                        scope.spawn(move || {
                            while let Ok(v) = pings.recv() {
                                let v: u64 = v;
                                pong.send(v + 1).unwrap();
                            }
                        });
                        let caller = scope.spawn(move || {
                            (0..trips).fold(0, |sum, i| {
                                ping.send(i).unwrap();
                                sum + pongs.recv().unwrap()
                            })
                        });
                        caller.join().unwrap()
                    })
                })
            }
            pub fn ping_pong(_: &Params) -> Work {
                round_trips(PING_PONGS)
            }
            pub fn ping_pong_threads(_: &Params) -> Work {
                round_trips(PING_PONGS_THREADS)
            }

            fn queue(capacity: usize, producers: u64, consumers: u64) -> Work {
                Work::new(CHAN_MESSAGES, sum_below(CHAN_MESSAGES), move || {
                    let (sender, receiver) = $bounded(capacity);
                    thread::scope(|scope| {
                        let sums: Vec<_> = (0..consumers)
                            .map(|_| {
                                let receiver = receiver.clone();
                                scope.spawn(move || {
                                    let mut sum: u64 = 0;
                                    while let Ok(v) = receiver.recv() {
                                        let v: u64 = v;
                                        sum += v;
                                    }
                                    sum
                                })
                            })
                            .collect();
                        for first in 0..producers {
                            let sender = sender.clone();
                            scope.spawn(move || {
                                for i in (first..CHAN_MESSAGES).step_by(producers as usize) {
                                    sender.send(i).unwrap();
                                }
                            });
                        }
                        drop(sender);
                        sums.into_iter().map(|sum| sum.join().unwrap()).sum()
                    })
                })
            }
            pub fn chan_1p1c(p: &Params) -> Work {
                queue(p.size, 1, 1)
            }
            pub fn chan_8p1c(p: &Params) -> Work {
                queue(p.size, 8, 1)
            }
            pub fn chan_1p8c(p: &Params) -> Work {
                queue(p.size, 1, 8)
            }

            pub fn wake_idle(_: &Params) -> Work {
                measured(|out| {
                    Work::new(WAKES, WAKES, move || {
                        let (sender, receiver) = $bounded(1);
                        thread::scope(|scope| {
                            let woken = scope.spawn(move || {
                                let mut late = Vec::new();
                                while let Ok(stamp) = receiver.recv() {
                                    let stamp: i64 = stamp;
                                    late.push(now_ns() - stamp);
                                }
                                late
                            });
                            for _ in 0..WAKES {
                                thread::sleep(Duration::from_millis(1));
                                sender.send(now_ns()).unwrap();
                            }
                            drop(sender);
                            let late = woken.join().unwrap();
                            out.lock().unwrap().latencies.extend(&late);
                            late.len() as u64
                        })
                    })
                })
            }

            pub fn rows() -> Rows {
                vec![
                    ("ping_pong", 0, ping_pong),
                    ("ping_pong_threads", 0, ping_pong_threads),
                    ("chan_1p1c", 1024, chan_1p1c),
                    ("chan_8p1c", 1024, chan_8p1c),
                    ("chan_1p8c", 1024, chan_1p8c),
                    ("wake_idle", 0, wake_idle),
                ]
            }
        }
    };
}

channel_rows!(crossbeam_channels, crossbeam_channel::bounded);
channel_rows!(kanal_channels, kanal::bounded);

pub fn kanal_rows() -> Rows {
    kanal_channels::rows()
}

pub fn crossbeam_rows() -> Rows {
    let mut rows = crossbeam_channels::rows();
    rows.push(("select_ready", 2, select_ready));
    rows.push(("select_default", 1, select_default));
    rows.push(("select_producers", 0, select_producers));
    rows
}

fn select_ready(p: &Params) -> Work {
    if p.size != 2 {
        eprintln!("peer: --size='{}': select_ready has 2 cases", p.size);
        std::process::exit(2);
    }
    Work::new(SELECTS, sum_below(SELECTS), || {
        let (to_a, a) = crossbeam_channel::bounded(1);
        let (_to_b, b) = crossbeam_channel::bounded::<u64>(1);
        let mut sum: u64 = 0;
        for i in 0..SELECTS {
            to_a.send(i).unwrap();
            crossbeam_channel::select! {
                recv(a) -> v => sum += v.unwrap(),
                recv(b) -> _ => (),
            }
        }
        sum
    })
}

fn select_default(p: &Params) -> Work {
    let cases = p.size;
    Work::new(SELECTS, SELECTS, move || {
        let (_to_a, a) = crossbeam_channel::bounded::<u64>(1);
        let (_to_b, b) = crossbeam_channel::bounded::<u64>(1);
        let mut defaults = 0;
        for _ in 0..SELECTS {
            if cases == 1 {
                crossbeam_channel::select! {
                    recv(a) -> _ => (),
                    default => defaults += 1,
                }
            } else {
                crossbeam_channel::select! {
                    recv(a) -> _ => (),
                    recv(b) -> _ => (),
                    default => defaults += 1,
                }
            }
        }
        defaults
    })
}

fn select_producers(p: &Params) -> Work {
    let capacity = p.size;
    Work::new(2 * SELECTS, 2 * sum_below(SELECTS), move || {
        let (to_a, a) = crossbeam_channel::bounded(capacity);
        let (to_b, b) = crossbeam_channel::bounded(capacity);
        thread::scope(|scope| {
            for out in [&to_a, &to_b] {
                scope.spawn(move || (0..SELECTS).for_each(|i| out.send(i).unwrap()));
            }
            let mut sum: u64 = 0;
            for _ in 0..2 * SELECTS {
                crossbeam_channel::select! {
                    recv(a) -> v => sum += v.unwrap(),
                    recv(b) -> v => sum += v.unwrap(),
                }
            }
            sum
        })
    })
}

fn share(tasks: usize, step: impl Fn(usize) + Sync) {
    thread::scope(|scope| {
        for task in 0..tasks {
            let step = &step;
            scope
                .spawn(move || (task..LOCK_CALLS as usize).step_by(tasks).for_each(|_| step(task)));
        }
    });
}

pub fn parking_lot_rows() -> Rows {
    vec![("mutex", 1, mutex), ("read_lock", 1, read_lock), ("write_lock", 1, write_lock)]
}

fn mutex(p: &Params) -> Work {
    let tasks = p.size;
    Work::new(LOCK_CALLS, LOCK_CALLS, move || {
        let count = parking_lot::Mutex::new(0);
        share(tasks, |_| *count.lock() += 1);
        let count = *count.lock();
        count
    })
}

fn read_lock(p: &Params) -> Work {
    let tasks = p.size;
    Work::new(LOCK_CALLS, LOCK_CALLS, move || {
        let one = parking_lot::RwLock::new(1u64);
        let sums: Vec<Padded> = (0..tasks).map(|_| Padded::default()).collect();
        share(tasks, |task| {
            let one = *std::hint::black_box(&*one.read());
            let sum = &sums[task].0;
            let before = sum.load(std::sync::atomic::Ordering::Relaxed);
            sum.store(before + one, std::sync::atomic::Ordering::Relaxed);
        });
        sums.iter().map(|sum| sum.0.load(std::sync::atomic::Ordering::Relaxed)).sum()
    })
}

fn write_lock(p: &Params) -> Work {
    let tasks = p.size;
    Work::new(LOCK_CALLS, LOCK_CALLS, move || {
        let count = parking_lot::RwLock::new(0);
        share(tasks, |_| *count.write() += 1);
        let count = *count.read();
        count
    })
}
