// SPDX-License-Identifier: Apache-2.0

//! A tree of tasks, ten below each, and a million leaves. A leaf sends its
//! number to its parent and ends, an inner node the sum of what it gets. One
//! operation is one task.
mod bench;
use tokio::sync::mpsc::{unbounded_channel, UnboundedSender};

const FAN: i64 = 10;

fn start(parent: UnboundedSender<i64>, first: i64, size: i64) {
    if size == 1 {
        tokio::spawn(async move { parent.send(first).ok() });
        return;
    }
    tokio::spawn(async move {
        let (own, mut numbers) = unbounded_channel();
        for i in 0..FAN {
            start(own.clone(), first + i * size / FAN, size / FAN);
        }
        let mut sum = 0;
        for _ in 0..FAN {
            sum += numbers.recv().await.unwrap();
        }
        parent.send(sum).ok();
    });
}

async fn run(leaves: i64) {
    let (own, mut sums) = unbounded_channel();
    start(own, 0, leaves);
    assert_eq!(sums.recv().await, Some(leaves * (leaves - 1) / 2));
}

async fn body(scale: f64) {
    let leaves = if scale < 0.5 { 100000 } else { 1000000 };
    run(1000).await;
    let nodes = (leaves * FAN - 1) / (FAN - 1);
    bench::show("ns", bench::each(nodes, run(leaves)).await);
}

fn main() {
    bench::main(body);
}
