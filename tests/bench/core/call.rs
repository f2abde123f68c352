// SPDX-License-Identifier: Apache-2.0

//! Requests to a task that adds a number to its sum and answers with it through
//! a oneshot channel that came along. One operation is one request with its
//! answer: by one client; by a hundred clients of one server; by fifty clients
//! that have a server each. This is less than a call: there is no timeout, and
//! no reason why a server has ended, only that it has.
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

async fn call(server: &Server, n: i64) -> i64 {
    let (reply, answer) = oneshot::channel();
    server.send(Add { n, reply }).ok();
    answer.await.unwrap()
}

async fn client(server: Server, calls: i64) {
    let mut before = 0;
    for _ in 0..calls {
        let value = call(&server, 1).await;
        assert!(value > before);
        before = value;
    }
}

async fn run(calls: i64, clients: usize, count: usize) {
    let (mut servers, mut all, mut sum) = (Vec::new(), Vec::new(), 0);
    for _ in 0..count {
        let (server, requests) = mpsc::unbounded_channel();
        tokio::spawn(serve(requests));
        servers.push(server);
    }
    for i in 0..clients {
        let server = servers[i % count].clone();
        all.push(tokio::spawn(client(server, calls / clients as i64)));
    }
    for client in all {
        client.await.unwrap();
    }
    for server in servers {
        sum += call(&server, 0).await;
    }
    assert_eq!(sum, calls);
}

async fn body(scale: f64) {
    let calls = bench::times(scale, 2000000, 100);
    for (metric, clients, servers) in [
        ("one_client_ns", 1, 1),
        ("hundred_clients_ns", 100, 1),
        ("fifty_pairs_ns", 50, 50),
    ] {
        let run = |calls| run(calls, clients, servers);
        bench::show(metric, bench::measure(calls, 100, run).await);
    }
}

fn main() {
    bench::main(body);
}
