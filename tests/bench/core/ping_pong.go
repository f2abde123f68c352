// SPDX-License-Identifier: Apache-2.0

// Two goroutines that send to each other, one message under way at a time. One
// operation is one message. A ping carries its sender, a pong nothing.
package main

type pong struct{}

type ping struct {
	from chan pong
}

func ponger(pings chan ping, counted chan int64) {
	count := int64(0)
	for message := range pings {
		count++
		message.from <- pong{}
	}
	counted <- count
}

func pinger(pings chan ping, rounds int64, done chan int64) {
	pongs := make(chan pong)
	count := int64(0)
	for ; count < rounds; count++ {
		pings <- ping{pongs}
		<-pongs
	}
	close(pings)
	done <- count
}

func run(rounds int64) {
	pings := make(chan ping)
	counted := make(chan int64)
	go ponger(pings, counted)
	go pinger(pings, rounds, counted)
	check(<-counted == rounds && <-counted == rounds, "pings and pongs")
}

func body(scale float64) {
	show("ns", measure(times(scale, 3000000, 1), 1, run)/2)
}
