// SPDX-License-Identifier: Apache-2.0

//! A task starts others, as many as there are to be, and each sends it a number
//! and ends; it adds up what arrives. One operation is one task with its
//! message. fresh: the first time in this program; reused: the same once more.
//! A task has no exit reason, link or table to be found in.
mod bench;
use tokio::sync::mpsc::unbounded_channel;

async fn run(children: i64) {
    let (parent, mut numbers) = unbounded_channel();
    for i in 0..children {
        let parent = parent.clone();
        tokio::spawn(async move {
            parent.send(i).ok();
        });
    }
    drop(parent);
    let mut sum = 0;
    while let Some(n) = numbers.recv().await {
        sum += n;
    }
    assert_eq!(sum, children * (children - 1) / 2);
}

async fn body(scale: f64) {
    let children = bench::times(scale, 500000, 1);
    run(1000).await;
    let fresh = bench::each(children, run(children)).await;
    bench::show("fresh_ns", fresh);
    let reused = bench::each(children, run(children)).await;
    bench::show("reused_ns", reused);
}

fn main() {
    bench::main(body);
}
