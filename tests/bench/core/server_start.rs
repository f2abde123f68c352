// SPDX-License-Identifier: Apache-2.0

//! Starts servers as tasks, each as soon as the one before has begun and its
//! starter knows: a thousand, which are then asked for their number and ended.
//! One operation is one start; asking and ending do not count. No name, link or
//! exit reason.
mod bench;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

const SERVERS: i64 = 1000;

type Request = oneshot::Sender<i64>;
type Server = mpsc::UnboundedSender<Request>;

async fn start(number: i64) -> Server {
    let (server, mut requests) = mpsc::unbounded_channel::<Request>();
    let (ready, started) = oneshot::channel();
    tokio::spawn(async move {
        ready.send(()).ok();
        while let Some(reply) = requests.recv().await {
            reply.send(number).ok();
        }
    });
    started.await.unwrap();
    server
}

async fn round() -> Duration {
    let mut servers = Vec::with_capacity(SERVERS as usize);
    let begin = Instant::now();
    for number in 0..SERVERS {
        servers.push(start(number).await);
    }
    let took = begin.elapsed();
    for (number, server) in servers.iter().enumerate() {
        let (reply, answer) = oneshot::channel();
        server.send(reply).ok();
        assert_eq!(answer.await.unwrap(), number as i64);
    }
    took
}

async fn body(scale: f64) {
    let rounds = bench::times(scale, 500, 1);
    let mut sum = Duration::ZERO;
    round().await;
    for _ in 0..rounds {
        sum += round().await;
    }
    bench::show("ns", sum.as_nanos() as f64 / (rounds * SERVERS) as f64);
}

fn main() {
    bench::main(body);
}
