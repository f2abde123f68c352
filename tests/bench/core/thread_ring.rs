// SPDX-License-Identifier: Apache-2.0

//! A token goes round a ring of 100 tasks. One operation is one hop.
mod bench;
use tokio::sync::mpsc::{
    unbounded_channel, UnboundedReceiver, UnboundedSender,
};

const MEMBERS: usize = 100;

enum Message {
    Token(i64),
    Stop,
}

async fn hop(
    mut own: UnboundedReceiver<Message>,
    next: UnboundedSender<Message>,
    ended: UnboundedSender<()>,
) -> i64 {
    let mut hops = 0;
    loop {
        match own.recv().await.unwrap() {
            Message::Token(0) => ended.send(()).unwrap(),
            Message::Token(left) => {
                hops += 1;
                next.send(Message::Token(left - 1)).ok();
            }
            Message::Stop => {
                next.send(Message::Stop).ok();
                return hops;
            }
        }
    }
}

async fn run(hops: i64) {
    let (ended, mut end) = unbounded_channel();
    let (first, receiver) = unbounded_channel();
    let mut members = Vec::new();
    let mut own = receiver;
    for i in 1..=MEMBERS {
        let (mut next, receiver) = unbounded_channel();
        if i == MEMBERS {
            next = first.clone();
        }
        members.push(tokio::spawn(hop(own, next, ended.clone())));
        own = receiver;
    }
    first.send(Message::Token(hops)).ok();
    end.recv().await.unwrap();
    first.send(Message::Stop).ok();
    let mut sum = 0;
    for member in members {
        sum += member.await.unwrap();
    }
    assert_eq!(sum, hops);
}

async fn body(scale: f64) {
    let hops = bench::times(scale, 5000000, 1);
    bench::show("ns", bench::measure(hops, 1, run).await);
}

fn main() {
    bench::main(body);
}
