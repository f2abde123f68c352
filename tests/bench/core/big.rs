// SPDX-License-Identifier: Apache-2.0

//! 120 tasks; each sends a ping to one of them by chance, waits for the pong,
//! and goes on so; all at the same time. One operation is one message.
mod bench;
use std::sync::Arc;
use tokio::sync::mpsc::{
    unbounded_channel, UnboundedReceiver, UnboundedSender,
};

const MEMBERS: usize = 120;

enum Message {
    Ping(usize),
    Pong,
    Stop,
}

struct Member {
    index: usize,
    seed: i64,
    all: Arc<Vec<UnboundedSender<Message>>>,
}

impl Member {
    fn ping(&mut self) {
        let other = self.seed as usize % MEMBERS;
        self.all[other].send(Message::Ping(self.index)).ok();
        self.seed = bench::next(self.seed);
    }

    async fn run(
        mut self,
        mut own: UnboundedReceiver<Message>,
        each: i64,
        done: UnboundedSender<i64>,
    ) -> i64 {
        let (mut pings, mut left) = (0, each);
        self.ping();
        loop {
            match own.recv().await.unwrap() {
                Message::Ping(from) => {
                    pings += 1;
                    self.all[from].send(Message::Pong).ok();
                }
                Message::Pong => {
                    left -= 1;
                    if left > 0 {
                        self.ping();
                    } else {
                        done.send(each).ok();
                    }
                }
                Message::Stop => return pings,
            }
        }
    }
}

async fn run(pings: i64) {
    let (senders, receivers): (Vec<_>, Vec<_>) =
        (0..MEMBERS).map(|_| unbounded_channel()).unzip();
    let (done, mut ended) = unbounded_channel();
    let all = Arc::new(senders);
    let each = pings / MEMBERS as i64;
    let mut members = Vec::new();
    for (index, own) in receivers.into_iter().enumerate() {
        let member = Member {
            index,
            seed: index as i64 + 1,
            all: all.clone(),
        };
        members.push(tokio::spawn(member.run(own, each, done.clone())));
    }
    let (mut pongs, mut counted) = (0, 0);
    for _ in 0..MEMBERS {
        pongs += ended.recv().await.unwrap();
    }
    for (sender, member) in all.iter().zip(members) {
        sender.send(Message::Stop).ok();
        counted += member.await.unwrap();
    }
    assert_eq!((pongs, counted), (pings, pings));
}

async fn body(scale: f64) {
    let pings = bench::times(scale, 4800000, MEMBERS as i64);
    bench::show("ns", bench::measure(pings, MEMBERS as i64, run).await / 2.0);
}

fn main() {
    bench::main(body);
}
