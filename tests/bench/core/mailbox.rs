// SPDX-License-Identifier: Apache-2.0

//! A hundred tasks send numbers to one, as fast as they can; it adds them up.
//! One operation is one message.
mod bench;
use tokio::sync::mpsc::{
    unbounded_channel, UnboundedReceiver, UnboundedSender,
};

const SENDERS: i64 = 100;

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
    let (sender, numbers) = unbounded_channel();
    let sink = tokio::spawn(sink(numbers));
    for _ in 0..SENDERS {
        tokio::spawn(send(sender.clone(), messages / SENDERS));
    }
    drop(sender);
    assert_eq!(sink.await.unwrap(), messages);
}

async fn body(scale: f64) {
    let messages = bench::times(scale, 5000000, SENDERS);
    bench::show("ns", bench::measure(messages, SENDERS, run).await);
}

fn main() {
    bench::main(body);
}
