// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

//! Rust's side of the comparison: one program for all its systems, of which --system chooses one.

mod coroutines;
mod peer;
mod rayon_pool;
mod threads;
mod tokio_tasks;

use peer::{Measured, Params, Rows};
use std::process::exit;

fn rows(system: &str) -> Option<Rows> {
    Some(match system {
        "tokio" => tokio_tasks::rows(),
        "tokio_kanal" => tokio_tasks::kanal_rows(),
        "may" => coroutines::rows(),
        "crossbeam" => threads::crossbeam_rows(),
        "kanal" => threads::kanal_rows(),
        "parking_lot" => threads::parking_lot_rows(),
        "rayon" => rayon_pool::rows(),
        _ => return None,
    })
}

fn refuse(why: String) -> ! {
    eprintln!("peer: {why}");
    exit(2)
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> T {
    value.parse().unwrap_or_else(|_| refuse(format!("{name}='{value}' is out of range")))
}

fn quantile(sorted: &[i64], q: f64) -> f64 {
    let rank = (q * sorted.len() as f64).ceil() as usize;
    sorted[rank.max(1) - 1] as f64
}

fn figures(mut measured: Measured) -> String {
    let sample = &mut measured.latencies;
    if !sample.is_empty() {
        sample.sort_unstable();
        measured.figures.insert("p50_ns", quantile(sample, 0.50));
        measured.figures.insert("p99_ns", quantile(sample, 0.99));
    }
    let pairs: Vec<String> =
        measured.figures.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    pairs.join(", ")
}

fn main() {
    let (mut system, mut row, mut list) = (String::new(), String::new(), false);
    let (mut size, mut min_time) = (None, 0.1);
    let mut workers = 1;
    for argument in std::env::args().skip(1) {
        let (name, value) = argument.split_once('=').unwrap_or((&argument, ""));
        match name {
            "--system" => system = value.to_string(),
            "--list" => list = true,
            "--row" => row = value.to_string(),
            "--workers" => workers = number(name, value),
            "--size" => size = Some(number(name, value)),
            "--min_time" => min_time = number(name, value),
            _ => refuse(format!("unknown argument {argument}")),
        }
    }
    let rows = rows(&system).unwrap_or_else(|| refuse(format!("--system='{system}' is none")));
    if list {
        rows.iter().for_each(|(name, _, _)| println!("{name}"));
        return;
    }
    let Some((name, usual, prepare)) = rows.iter().find(|(name, _, _)| *name == row) else {
        refuse(format!("--row='{row}' is no row (--list)"));
    };
    let size = size.unwrap_or(*usual);
    peer::keep_to_cpus(workers);
    let mut work = prepare(&Params { size, workers });
    let answer = work.answer;
    let check = |got: u64| {
        if got != answer {
            eprintln!("peer: {name}: wrong answer: got {got}, want {answer}");
            exit(3);
        }
    };
    if !work.once {
        check((work.batch)());
        *work.measured.lock().unwrap() = Measured::default();
    }
    let (cpu, start) = (peer::cpu_ns(), peer::now_ns());
    let until = start + (min_time * 1e9) as i64;
    let mut operations = 0;
    loop {
        check((work.batch)());
        operations += work.operations;
        if work.once || peer::now_ns() >= until {
            break;
        }
    }
    let per_op = |ns: i64| ns as f64 / operations as f64;
    let (ns, cpu_ns) = (per_op(peer::now_ns() - start), per_op(peer::cpu_ns() - cpu));
    let figures = figures(std::mem::take(&mut *work.measured.lock().unwrap()));
    println!(
        "{{\"row\": \"{name}\", \"size\": {size}, \"workers\": {workers}, \
         \"operations\": {operations}, \"ns_per_op\": {ns}, \"cpu_ns_per_op\": {cpu_ns}, \
         \"answer\": \"{answer}\", \"figures\": {{{figures}}}}}"
    );
}
