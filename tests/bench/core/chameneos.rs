// SPDX-License-Identifier: Apache-2.0

//! A hundred creatures of three colours meet in pairs at a mall. The second to
//! come is sent on to the first, which changes its colour and tells it to the
//! second, which changes, too; both come again. One operation is one meeting of
//! two, four messages.
mod bench;
use tokio::sync::mpsc::{
    unbounded_channel, UnboundedReceiver, UnboundedSender,
};

const CREATURES: i64 = 100;

struct Visit {
    from: UnboundedSender<Message>,
    colour: i64,
}

enum Message {
    Meet(Visit),
    Change(i64),
    Stop,
}

/// Colours are 1, 2 and 3: two different ones make the third.
fn complement(a: i64, b: i64) -> i64 {
    if a == b {
        a
    } else {
        6 - a - b
    }
}

async fn creature(mall: UnboundedSender<Visit>, mut colour: i64) -> i64 {
    let (from, mut own) = unbounded_channel();
    let mut met = 0;
    loop {
        let visit = Visit {
            from: from.clone(),
            colour,
        };
        mall.send(visit).ok();
        match own.recv().await.unwrap() {
            Message::Meet(other) => {
                colour = complement(colour, other.colour);
                other.from.send(Message::Change(colour)).ok();
            }
            Message::Change(new) => colour = new,
            Message::Stop => return met,
        }
        met += 1;
    }
}

async fn mall(mut visits: UnboundedReceiver<Visit>, meetings: i64) {
    for _ in 0..meetings {
        let first = visits.recv().await.unwrap();
        let second = visits.recv().await.unwrap();
        first.from.send(Message::Meet(second)).ok();
    }
    for _ in 0..CREATURES {
        let visit = visits.recv().await.unwrap();
        visit.from.send(Message::Stop).ok();
    }
}

async fn run(meetings: i64) {
    let (sender, visits) = unbounded_channel();
    tokio::spawn(mall(visits, meetings));
    let creatures: Vec<_> = (0..CREATURES)
        .map(|i| tokio::spawn(creature(sender.clone(), i % 3 + 1)))
        .collect();
    let mut met = 0;
    for creature in creatures {
        met += creature.await.unwrap();
    }
    assert_eq!(met, 2 * meetings);
}

async fn body(scale: f64) {
    let meetings = bench::times(scale, 1500000, 1);
    bench::show("ns", bench::measure(meetings, 1, run).await);
}

fn main() {
    bench::main(body);
}
