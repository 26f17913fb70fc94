// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

//! tokio: a task is a future without a stack. One worker is its current_thread scheduler, more are
//! its multi_thread one. It has no unbuffered channel: a round trip goes through two of capacity 1,
//! and tokio_kanal takes kanal's instead.

use crate::peer::*;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, Semaphore};
use tokio::task::{yield_now, JoinHandle};

pub fn rows() -> Rows {
    vec![
        ("yield_two", 0, yield_two),
        ("yield_alone", 0, yield_alone),
        ("spawn_all", 1_000_000, spawn_all),
        ("spawn_one", 0, spawn_one),
        ("skynet", 1_000_000, skynet_row),
        ("fib", 27, fib_row),
        ("parked", 1_000_000, parked),
        ("ping_pong", 0, ping_pong),
        ("chan_1p1c", 1024, chan_1p1c),
        ("chan_8p1c", 1024, chan_8p1c),
        ("select_ready", 2, select_ready),
        ("mutex", 1, mutex),
        ("read_lock", 1, read_lock),
        ("write_lock", 1, write_lock),
        ("atomic_add", 8, atomic_add),
        ("timer_stop", 0, timer_stop),
        ("timer_reset", 0, timer_reset),
        ("sleepers", 1000, sleepers),
        ("wake_idle", 0, wake_idle),
        ("work_conservation", 0, work_conservation),
    ]
}

pub fn kanal_rows() -> Rows {
    vec![
        ("ping_pong", 0, kanal_ping_pong),
        ("chan_1p1c", 1024, |p| kanal_queue(p, 1, 1)),
        ("chan_8p1c", 1024, |p| kanal_queue(p, 8, 1)),
        ("chan_1p8c", 1024, |p| kanal_queue(p, 1, 8)),
    ]
}

fn runtime(p: &Params) -> Runtime {
    let mut builder =
        if p.workers == 1 { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    builder.worker_threads(p.workers).enable_time().build().unwrap()
}

/// A row whose batch is one task, which may make others.
fn work<F>(p: &Params, operations: u64, answer: u64, task: impl Fn() -> F + 'static) -> Work
where
    F: Future<Output = u64> + Send + 'static,
{
    let runtime = runtime(p);
    Work::new(operations, answer, move || {
        let root = runtime.spawn(task());
        runtime.block_on(root).unwrap()
    })
}

/// The same, where the task leaves figures as well.
fn measured_work<F>(
    p: &Params,
    operations: u64,
    answer: u64,
    task: impl Fn(Arc<Mutex<Measured>>) -> F + 'static,
) -> Work
where
    F: Future<Output = u64> + Send + 'static,
{
    measured(|out| work(p, operations, answer, move || task(out.clone())))
}

async fn sum_of(tasks: Vec<JoinHandle<u64>>) -> u64 {
    let mut sum = 0;
    for task in tasks {
        sum += task.await.unwrap();
    }
    sum
}

async fn yields(count: u64) -> u64 {
    let mut yields = 0;
    for _ in 0..count {
        yield_now().await;
        yields += 1;
    }
    yields
}

fn yield_two(p: &Params) -> Work {
    work(p, YIELDS, YIELDS, || async {
        sum_of((0..2).map(|_| tokio::spawn(yields(YIELDS / 2))).collect()).await
    })
}

fn yield_alone(p: &Params) -> Work {
    work(p, YIELDS, YIELDS, || yields(YIELDS))
}

fn spawn_all(p: &Params) -> Work {
    let marks: Arc<Vec<AtomicU8>> = Arc::new((0..p.size).map(|_| AtomicU8::new(0)).collect());
    work(p, p.size as u64, p.size as u64, move || {
        let marks = marks.clone();
        async move {
            marks.iter().for_each(|mark| mark.store(0, Ordering::Relaxed));
            let mut tasks = Vec::with_capacity(marks.len());
            for i in 0..marks.len() {
                let marks = marks.clone();
                tasks.push(tokio::spawn(async move { marks[i].store(1, Ordering::Relaxed) }));
            }
            for task in tasks {
                task.await.unwrap();
            }
            marks.iter().map(|mark| u64::from(mark.load(Ordering::Relaxed))).sum()
        }
    })
}

fn spawn_one(p: &Params) -> Work {
    work(p, SPAWNS, sum_below(SPAWNS), || async {
        let mut sum = 0;
        for i in 0..SPAWNS {
            sum += tokio::spawn(async move { i }).await.unwrap();
        }
        sum
    })
}

type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

fn skynet(first: u64, size: u64) -> Boxed {
    Box::pin(async move {
        if size == 1 {
            return first;
        }
        let part = size / 10;
        sum_of((0..10).map(|c| tokio::spawn(skynet(first + c * part, part))).collect()).await
    })
}

fn skynet_row(p: &Params) -> Work {
    let size = p.size as u64;
    work(p, 1, sum_below(size), move || skynet(0, size))
}

fn fib(n: usize) -> Boxed {
    Box::pin(async move {
        if n < 2 {
            return n as u64;
        }
        let left = tokio::spawn(fib(n - 1));
        let right = fib(n - 2).await;
        left.await.unwrap() + right
    })
}

fn fib_row(p: &Params) -> Work {
    let n = p.size;
    work(p, fib_number(n + 1) - 1, fib_number(n), move || fib(n))
}

/// Nanoseconds per task until all of them wait at the gate, bytes per task, tasks that left.
async fn burst(count: u64) -> (f64, f64, u64) {
    let (resident, start) = (resident_bytes(), now_ns());
    let gate = Arc::new(Semaphore::new(0));
    let arrived = Arc::new(AtomicU64::new(0));
    let all = Arc::new(Semaphore::new(0));
    let mut tasks = Vec::with_capacity(count as usize);
    for _ in 0..count {
        let (gate, arrived, all) = (gate.clone(), arrived.clone(), all.clone());
        tasks.push(tokio::spawn(async move {
            if arrived.fetch_add(1, Ordering::AcqRel) + 1 == count {
                all.close();
            }
            u64::from(gate.acquire().await.is_err())
        }));
    }
    let _ = all.acquire().await;
    let ns = (now_ns() - start) as f64 / count as f64;
    let bytes = (resident_bytes() - resident) / count as f64;
    gate.close();
    (ns, bytes, sum_of(tasks).await)
}

fn parked(p: &Params) -> Work {
    let count = p.size as u64;
    let parked = measured_work(p, 2 * count, 2 * count, move |out| async move {
        let (cold, bytes, first) = burst(count).await;
        let (second, _, again) = burst(count).await;
        out.lock().unwrap().figures =
            [("bytes_each", bytes), ("cold_ns", cold), ("second_ns", second)].into();
        first + again
    });
    Work { once: true, ..parked }
}

fn ping_pong(p: &Params) -> Work {
    work(p, PING_PONGS, sum_below(PING_PONGS) + PING_PONGS, || async {
        let (ping, mut pings) = mpsc::channel(1);
        let (pong, mut pongs) = mpsc::channel(1);
        tokio::spawn(async move {
            while let Some(v) = pings.recv().await {
                pong.send(v + 1).await.unwrap();
            }
        });
        let mut sum = 0;
        for i in 0..PING_PONGS {
            ping.send(i).await.unwrap();
            sum += pongs.recv().await.unwrap();
        }
        sum
    })
}

fn queue(p: &Params, producers: u64) -> Work {
    let capacity = p.size;
    work(p, CHAN_MESSAGES, sum_below(CHAN_MESSAGES), move || async move {
        let (sender, mut receiver) = mpsc::channel(capacity);
        for first in 0..producers {
            let sender = sender.clone();
            tokio::spawn(async move {
                for i in (first..CHAN_MESSAGES).step_by(producers as usize) {
                    sender.send(i).await.unwrap();
                }
            });
        }
        drop(sender);
        let mut sum = 0;
        while let Some(v) = receiver.recv().await {
            sum += v;
        }
        sum
    })
}

fn chan_1p1c(p: &Params) -> Work {
    queue(p, 1)
}

fn chan_8p1c(p: &Params) -> Work {
    queue(p, 8)
}

fn kanal_ping_pong(p: &Params) -> Work {
    work(p, PING_PONGS, sum_below(PING_PONGS) + PING_PONGS, || async {
        let (ping, pings) = kanal::bounded_async::<u64>(0);
        let (pong, pongs) = kanal::bounded_async(0);
        tokio::spawn(async move {
            while let Ok(v) = pings.recv().await {
                pong.send(v + 1).await.unwrap();
            }
        });
        let mut sum = 0;
        for i in 0..PING_PONGS {
            ping.send(i).await.unwrap();
            sum += pongs.recv().await.unwrap();
        }
        sum
    })
}

fn kanal_queue(p: &Params, producers: u64, consumers: u64) -> Work {
    let capacity = p.size;
    work(p, CHAN_MESSAGES, sum_below(CHAN_MESSAGES), move || async move {
        let (sender, receiver) = kanal::bounded_async::<u64>(capacity);
        let consume = |_| {
            let receiver = receiver.clone();
            tokio::spawn(async move {
                let mut sum = 0;
                while let Ok(v) = receiver.recv().await {
                    sum += v;
                }
                sum
            })
        };
        let sums = (0..consumers).map(consume).collect();
        for first in 0..producers {
            let sender = sender.clone();
            tokio::spawn(async move {
                for i in (first..CHAN_MESSAGES).step_by(producers as usize) {
                    sender.send(i).await.unwrap();
                }
            });
        }
        drop((sender, receiver));
        sum_of(sums).await
    })
}

fn select_ready(p: &Params) -> Work {
    if p.size != 2 {
        eprintln!("peer: --size='{}': select_ready has 2 cases", p.size);
        std::process::exit(2);
    }
    work(p, SELECTS, sum_below(SELECTS), || async {
        let (to_a, mut a) = mpsc::channel(1);
        let (_to_b, mut b) = mpsc::channel::<u64>(1);
        let mut sum: u64 = 0;
        for i in 0..SELECTS {
            to_a.send(i).await.unwrap();
            tokio::select! {
                v = a.recv() => sum += v.unwrap(),
                _ = b.recv() => (),
            }
        }
        sum
    })
}

/// `tasks` tasks share the calls of a step.
async fn share<F>(tasks: usize, step: impl Fn(usize) -> F + Clone + Send + 'static)
where
    F: Future<Output = ()> + Send,
{
    let share_of = |task: usize| {
        let step = step.clone();
        tokio::spawn(async move {
            for _ in (task..LOCK_CALLS as usize).step_by(tasks) {
                step(task).await;
            }
            0
        })
    };
    sum_of((0..tasks).map(share_of).collect()).await;
}

/// A row of the lock that guards a number, to which `add` adds 1.
fn locked<L, F>(
    p: &Params,
    add: impl Fn(Arc<L>) -> F + Copy + Send + 'static,
    count: fn(L) -> u64,
) -> Work
where
    L: Default + Send + Sync + 'static,
    F: Future<Output = ()> + Send,
{
    let tasks = p.size;
    work(p, LOCK_CALLS, LOCK_CALLS, move || async move {
        let lock = Arc::<L>::default();
        let shared = lock.clone();
        share(tasks, move |_| add(shared.clone())).await;
        count(Arc::into_inner(lock).unwrap())
    })
}

fn mutex(p: &Params) -> Work {
    use tokio::sync::Mutex;
    locked(p, |count: Arc<Mutex<u64>>| async move { *count.lock().await += 1 }, Mutex::into_inner)
}

fn write_lock(p: &Params) -> Work {
    use tokio::sync::RwLock;
    locked(
        p,
        |count: Arc<RwLock<u64>>| async move { *count.write().await += 1 },
        RwLock::into_inner,
    )
}

fn read_lock(p: &Params) -> Work {
    let tasks = p.size;
    work(p, LOCK_CALLS, LOCK_CALLS, move || async move {
        let lock = Arc::new(tokio::sync::RwLock::new(1));
        let sums: Arc<Vec<Padded>> = Arc::new((0..tasks).map(|_| Padded::default()).collect());
        let (shared, parts) = (lock.clone(), sums.clone());
        share(tasks, move |task| {
            let (lock, sums) = (shared.clone(), parts.clone());
            async move {
                let one = *lock.read().await;
                let sum = &sums[task].0;
                sum.store(sum.load(Ordering::Relaxed) + one, Ordering::Relaxed);
            }
        })
        .await;
        sums.iter().map(|sum| sum.0.load(Ordering::Relaxed)).sum()
    })
}

fn atomic_add(p: &Params) -> Work {
    let tasks = p.size;
    work(p, LOCK_CALLS, LOCK_CALLS, move || async move {
        let count = Arc::new(AtomicU64::new(0));
        let add = |task: usize| {
            let count = count.clone();
            tokio::spawn(async move {
                for _ in (task..LOCK_CALLS as usize).step_by(tasks) {
                    count.fetch_add(1, Ordering::SeqCst);
                }
                0
            })
        };
        sum_of((0..tasks).map(add).collect()).await;
        count.load(Ordering::SeqCst)
    })
}

const HOUR: Duration = Duration::from_secs(3600);

/// Timers that are due in an hour and more, filed with the runtime, kept by tasks that wait.
fn make_live(runtime: &Runtime, count: usize) {
    for i in 0..count as u64 {
        // A sleep is made within the runtime, or it panics.
        runtime.spawn(async move { tokio::time::sleep(HOUR + Duration::from_micros(i)).await });
    }
    runtime.block_on(async {
        for _ in 0..count / 64 + 64 {
            yield_now().await;
        }
    });
}

fn timers<F>(p: &Params, task: impl Fn() -> F + 'static) -> Work
where
    F: Future<Output = u64> + Send + 'static,
{
    let runtime = runtime(p);
    make_live(&runtime, p.size);
    Work::new(TIMERS, TIMERS, move || {
        let root = runtime.spawn(task());
        runtime.block_on(root).unwrap()
    })
}

/// A timer is filed when it is polled; dropped, it is stopped.
fn timer_stop(p: &Params) -> Work {
    timers(p, || async {
        let mut stopped = 0;
        for _ in 0..TIMERS {
            let mut timer = Box::pin(tokio::time::sleep(HOUR));
            let filed = std::future::poll_fn(|cx| {
                std::task::Poll::Ready(timer.as_mut().poll(cx).is_pending())
            });
            stopped += u64::from(filed.await);
        }
        stopped
    })
}

fn timer_reset(p: &Params) -> Work {
    timers(p, || async {
        let mut timer = Box::pin(tokio::time::sleep(HOUR));
        let mut reset = 0;
        let start = tokio::time::Instant::now() + HOUR;
        for i in 0..TIMERS {
            timer.as_mut().reset(start + Duration::from_nanos(i));
            reset += u64::from(!timer.is_elapsed());
        }
        reset
    })
}

fn sleepers(p: &Params) -> Work {
    const TIMES: u64 = 5;
    let count = p.size as u64;
    measured_work(p, TIMES * count, TIMES * count, move |out| async move {
        let sleeper = |_| {
            tokio::spawn(async {
                let mut late = Vec::new();
                for _ in 0..TIMES {
                    let due = now_ns() + 1_000_000;
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    late.push(now_ns() - due);
                }
                late
            })
        };
        let tasks: Vec<_> = (0..count).map(sleeper).collect();
        let mut woken = 0;
        for task in tasks {
            let late = task.await.unwrap();
            woken += late.iter().filter(|ns| **ns >= 0).count() as u64;
            out.lock().unwrap().latencies.extend(late);
        }
        woken
    })
}

async fn take_stamps(mut stamps: mpsc::Receiver<i64>, out: Arc<Mutex<Measured>>) -> u64 {
    let mut taken = 0;
    while let Some(stamp) = stamps.recv().await {
        out.lock().unwrap().latencies.push(now_ns() - stamp);
        taken += 1;
    }
    taken
}

fn wake_idle(p: &Params) -> Work {
    measured_work(p, WAKES, WAKES, |out| async move {
        let (sender, receiver) = mpsc::channel(1);
        let thread = std::thread::spawn(move || {
            for _ in 0..WAKES {
                std::thread::sleep(Duration::from_millis(1));
                sender.blocking_send(now_ns()).unwrap();
            }
        });
        let taken = tokio::spawn(take_stamps(receiver, out)).await.unwrap();
        thread.join().unwrap();
        taken
    })
}

fn work_conservation(p: &Params) -> Work {
    const TIMES: u64 = 20;
    measured_work(p, TIMES, TIMES, |out| async move {
        let (sender, receiver) = mpsc::channel(1);
        let taken = tokio::spawn(take_stamps(receiver, out));
        for _ in 0..TIMES {
            tokio::time::sleep(Duration::from_millis(2)).await;
            sender.send(now_ns()).await.unwrap();
            spin_for(10_000_000);
        }
        drop(sender);
        taken.await.unwrap()
    })
}
