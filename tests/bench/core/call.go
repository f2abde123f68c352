// SPDX-License-Identifier: Apache-2.0

// Requests to a goroutine that adds a number to its sum and answers with it on
// the channel that came along. One operation is one request with its answer: by
// one client; by a hundred clients of one server; by fifty clients that have a
// server each. This is less than a call: who asks a goroutine that has ended
// waits for ever, and there is no timeout.
package main

type add struct {
	n     int64
	reply chan int64
}

func server(requests chan add) {
	sum := int64(0)
	for request := range requests {
		sum += request.n
		request.reply <- sum
	}
}

func client(requests chan add, left int64, done chan bool) {
	reply := make(chan int64, 1)
	before, rising := int64(0), true
	for ; left > 0; left-- {
		requests <- add{1, reply}
		value := <-reply
		rising = rising && value > before
		before = value
	}
	done <- rising
}

func run(calls int64, clients, count int) {
	servers := make([]chan add, count)
	done := make(chan bool)
	for i := range servers {
		servers[i] = make(chan add, 1)
		go server(servers[i])
	}
	for i := 0; i < clients; i++ {
		go client(servers[i%count], calls/int64(clients), done)
	}
	for i := 0; i < clients; i++ {
		check(<-done, "sums rise")
	}
	sum, reply := int64(0), make(chan int64, 1)
	for _, requests := range servers {
		requests <- add{0, reply}
		sum += <-reply
		close(requests)
	}
	check(sum == calls, "sum")
}

func body(scale float64) {
	calls := times(scale, 2000000, 100)
	measured := func(clients, servers int) float64 {
		return measure(calls, 100, func(calls int64) {
			run(calls, clients, servers)
		})
	}
	show("one_client_ns", measured(1, 1))
	show("hundred_clients_ns", measured(100, 1))
	show("fifty_pairs_ns", measured(50, 50))
}
