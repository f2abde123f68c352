// SPDX-License-Identifier: Apache-2.0

//! A hundred tasks send numbers to one, which adds up: ten thousand messages
//! each, a million in all, and that several times over. One operation is one
//! message.
mod bench;
use tokio::sync::mpsc::{
    unbounded_channel, UnboundedReceiver, UnboundedSender,
};

const SENDERS: i64 = 100;
const MILLION: i64 = 1000000;

async fn send(sink: UnboundedSender<i64>, count: i64) {
    for _ in 0..count {
        sink.send(1).ok();
    }
}

async fn sink(mut numbers: UnboundedReceiver<i64>) -> i64 {
    let mut sum = 0;
    while let Some(n) = numbers.recv().await {
        sum += n;
    }
    sum
}

async fn run(messages: i64) {
    for _ in 0..messages / MILLION {
        round(MILLION).await;
    }
}

async fn round(messages: i64) {
    let (sender, numbers) = unbounded_channel();
    let sink = tokio::spawn(sink(numbers));
    for _ in 0..SENDERS {
        tokio::spawn(send(sender.clone(), messages / SENDERS));
    }
    drop(sender);
    assert_eq!(sink.await.unwrap(), messages);
}

async fn body(scale: f64) {
    let messages = bench::times(scale, 5 * MILLION, MILLION);
    bench::show("ns", bench::measure(messages, MILLION, run).await);
}

fn main() {
    bench::main(body);
}
