// SPDX-License-Identifier: Apache-2.0

// Starts servers as goroutines, which stay. One operation is one start, until
// the server has begun and its starter knows. No name, link or exit reason.
package main

func server(started chan chan chan int64) {
	requests := make(chan chan int64)
	started <- requests
	for reply := range requests {
		reply <- 1
	}
}

func start(count int64) []chan chan int64 {
	servers := make([]chan chan int64, count)
	started := make(chan chan chan int64)
	for i := range servers {
		go server(started)
		servers[i] = <-started
	}
	return servers
}

func stop(servers []chan chan int64) {
	sum, reply := int64(0), make(chan int64, 1)
	for _, requests := range servers {
		requests <- reply
		sum += <-reply
		close(requests)
	}
	check(sum == int64(len(servers)), "servers")
}

func body(scale float64) {
	count := times(scale, 200000, 1)
	stop(start(times(0.1, count, 1)))
	var servers []chan chan int64
	show("ns", each(count, func() { servers = start(count) }))
	stop(servers)
}
