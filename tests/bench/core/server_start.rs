// SPDX-License-Identifier: Apache-2.0

//! Starts servers as tasks, which stay. One operation is one start, until the
//! server has begun and its starter knows. No name, link or exit reason.
mod bench;
use tokio::sync::{mpsc, oneshot};

type Server = mpsc::UnboundedSender<oneshot::Sender<i64>>;

async fn start() -> Server {
    let (server, mut requests) = mpsc::unbounded_channel();
    let (ready, started) = oneshot::channel();
    tokio::spawn(async move {
        ready.send(()).ok();
        while let Some(reply) = requests.recv().await {
            let reply: oneshot::Sender<i64> = reply;
            reply.send(1).ok();
        }
    });
    started.await.unwrap();
    server
}

async fn start_all(servers: &mut Vec<Server>, count: i64) {
    for _ in 0..count {
        servers.push(start().await);
    }
}

async fn stop(servers: Vec<Server>) {
    for server in servers {
        let (reply, answer) = oneshot::channel();
        server.send(reply).ok();
        assert_eq!(answer.await.unwrap(), 1);
    }
}

async fn body(scale: f64) {
    let count = bench::times(scale, 300000, 1);
    let mut servers = Vec::new();
    start_all(&mut servers, bench::times(0.1, count, 1)).await;
    stop(std::mem::take(&mut servers)).await;
    let ns = bench::each(count, start_all(&mut servers, count)).await;
    stop(servers).await;
    bench::show("ns", ns);
}

fn main() {
    bench::main(body);
}
