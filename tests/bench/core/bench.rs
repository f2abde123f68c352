// SPDX-License-Identifier: Apache-2.0

//! What the programs on tokio share: STEM [SCALE] runs its body as a task on
//! BENCH_CORES workers (all cores, if it is not set) and prints lines
//! METRIC<TAB>VALUE; a wrong result ends it with status 1. A process is a task,
//! its mailbox an unbounded channel. There are no links, no monitors, and a
//! task gives way only where it waits.
#![allow(dead_code)]

use std::future::Future;
use std::time::Instant;

pub fn main<B: Future<Output = ()> + Send + 'static>(body: fn(f64) -> B) {
    let scale = match std::env::args().nth(1) {
        Some(text) => text.parse().expect("usage: STEM [SCALE]"),
        None => 1.0,
    };
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if let Ok(cores) = std::env::var("BENCH_CORES") {
        builder.worker_threads(cores.parse().expect("BENCH_CORES"));
    }
    let runtime = builder.build().expect("runtime");
    if runtime
        .block_on(async { tokio::spawn(body(scale)).await })
        .is_err()
    {
        std::process::exit(1);
    }
    std::process::exit(0);
}

/// So many times, scaled; a multiple of unit, and not 0.
pub fn times(scale: f64, times: i64, unit: i64) -> i64 {
    ((times as f64 * scale) as i64 / unit * unit).max(unit)
}

/// run(count), once to warm up with a tenth, and once measured: nanoseconds of
/// one of the times.
pub async fn measure<R, F>(count: i64, unit: i64, run: R) -> f64
where
    R: Fn(i64) -> F,
    F: Future<Output = ()>,
{
    run(times(0.1, count, unit)).await;
    each(count, run(count)).await
}

pub async fn each(count: i64, run: impl Future<Output = ()>) -> f64 {
    let start = Instant::now();
    run.await;
    start.elapsed().as_nanos() as f64 / count as f64
}

pub fn show(metric: &str, value: f64) {
    println!("{}\t{:.2}", metric, value);
}

/// A small generator of random numbers, 1 to 2^31 - 2.
pub fn next(seed: i64) -> i64 {
    seed * 16807 % 2147483647
}
