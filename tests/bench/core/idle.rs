// SPDX-License-Identifier: Apache-2.0

//! Idle servers as tasks with a small state, each called once: bytes of one,
//! the rise of resident memory with page tables.
mod bench;
use tokio::sync::{mpsc, oneshot};

struct Add {
    n: i64,
    reply: oneshot::Sender<i64>,
}

type Server = mpsc::UnboundedSender<Add>;

async fn serve(mut requests: mpsc::UnboundedReceiver<Add>) {
    let mut sum = 0;
    while let Some(add) = requests.recv().await {
        sum += add.n;
        add.reply.send(sum).ok();
    }
}

async fn start() -> Server {
    let (server, requests) = mpsc::unbounded_channel();
    tokio::spawn(serve(requests));
    let (reply, answer) = oneshot::channel();
    server.send(Add { n: 1, reply }).ok();
    assert_eq!(answer.await.unwrap(), 1);
    server
}

fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    status
        .lines()
        .filter(|line| line.starts_with("VmRSS") || line.starts_with("VmPTE"))
        .map(|line| line.split_whitespace().nth(1).unwrap())
        .map(|kib| kib.parse::<f64>().unwrap() * 1024.0)
        .sum()
}

async fn body(scale: f64) {
    let count = bench::times(scale, 200000, 1);
    let mut servers = Vec::with_capacity(count as usize + 1000);
    for _ in 0..1000 {
        servers.push(start().await);
    }
    let before = resident();
    for _ in 0..count {
        servers.push(start().await);
    }
    bench::show("bytes", (resident() - before) / count as f64);
    drop(servers);
}

fn main() {
    bench::main(body);
}
