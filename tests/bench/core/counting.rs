// SPDX-License-Identifier: Apache-2.0

//! One task sends, another counts. One operation is one message. unbounded: the
//! producer sends a million in one go, then asks for the count; several times
//! over. window: the same on a channel that holds 1000 messages, whose sender
//! waits when it is full.
mod bench;
use tokio::sync::{mpsc, oneshot};

const BATCH: i64 = 1000000;
const WINDOW: usize = 1000;

enum Message {
    Add,
    Take(oneshot::Sender<i64>),
}

fn take(count: &mut i64, message: Message) {
    match message {
        Message::Add => *count += 1,
        Message::Take(reply) => {
            reply.send(*count).ok();
            *count = 0;
        }
    }
}

async fn unbounded(messages: i64) {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut count = 0;
        while let Some(message) = receiver.recv().await {
            take(&mut count, message);
        }
    });
    for _ in 0..messages / BATCH {
        for _ in 0..BATCH {
            sender.send(Message::Add).ok();
        }
        let (reply, count) = oneshot::channel();
        sender.send(Message::Take(reply)).ok();
        assert_eq!(count.await.unwrap(), BATCH);
    }
}

async fn window(messages: i64) {
    let (sender, mut receiver) = mpsc::channel(WINDOW);
    tokio::spawn(async move {
        let mut count = 0;
        while let Some(message) = receiver.recv().await {
            take(&mut count, message);
        }
    });
    for _ in 0..messages {
        sender.send(Message::Add).await.ok();
    }
    let (reply, count) = oneshot::channel();
    sender.send(Message::Take(reply)).await.ok();
    assert_eq!(count.await.unwrap(), messages);
}

async fn body(scale: f64) {
    let messages = bench::times(scale, 8000000, BATCH);
    bench::show(
        "unbounded_ns",
        bench::measure(messages, BATCH, unbounded).await,
    );
    bench::show("window_ns", bench::measure(messages, 1, window).await);
}

fn main() {
    bench::main(body);
}
