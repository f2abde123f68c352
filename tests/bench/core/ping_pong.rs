// SPDX-License-Identifier: Apache-2.0

//! Two tasks that send to each other, one message under way at a time. One
//! operation is one message. A ping carries its sender, a pong nothing.
mod bench;
use tokio::sync::mpsc::{
    unbounded_channel, UnboundedReceiver, UnboundedSender,
};

struct Pong;
struct Ping {
    from: UnboundedSender<Pong>,
}

async fn pong(mut pings: UnboundedReceiver<Ping>) -> i64 {
    let mut count = 0;
    while let Some(ping) = pings.recv().await {
        count += 1;
        ping.from.send(Pong).ok();
    }
    count
}

async fn ping(pong: UnboundedSender<Ping>, rounds: i64) -> i64 {
    let (from, mut pongs) = unbounded_channel();
    let mut count = 0;
    while count < rounds {
        pong.send(Ping { from: from.clone() }).ok();
        pongs.recv().await.unwrap();
        count += 1;
    }
    count
}

async fn run(rounds: i64) {
    let (sender, pings) = unbounded_channel();
    let pong = tokio::spawn(pong(pings));
    let ping = tokio::spawn(ping(sender, rounds));
    assert_eq!(ping.await.unwrap(), rounds);
    assert_eq!(pong.await.unwrap(), rounds);
}

async fn body(scale: f64) {
    let rounds = bench::times(scale, 3000000, 1);
    bench::show("ns", bench::measure(rounds, 1, run).await / 2.0);
}

fn main() {
    bench::main(body);
}
