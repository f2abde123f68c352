// SPDX-License-Identifier: Apache-2.0

// Idle servers as goroutines with a small state, each called once: bytes of
// one, the rise of resident memory with page tables.
package main

import (
	"fmt"
	"os"
	"strings"
)

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

func resident() (sum float64) {
	status, err := os.ReadFile("/proc/self/status")
	check(err == nil, "/proc/self/status")
	for _, line := range strings.Split(string(status), "\n") {
		var kib float64
		var key string
		fmt.Sscan(line, &key, &kib)
		if key == "VmRSS:" || key == "VmPTE:" {
			sum += kib * 1024
		}
	}
	check(sum > 0, "VmRSS")
	return
}

func start(count int64) []chan add {
	servers := make([]chan add, count)
	reply := make(chan int64, 1)
	for i := range servers {
		servers[i] = make(chan add)
		go server(servers[i])
		servers[i] <- add{1, reply}
		check(<-reply == 1, "sum")
	}
	return servers
}

func body(scale float64) {
	count := times(scale, 200000, 1)
	first := start(1000)
	before := resident()
	servers := start(count)
	show("bytes", (resident()-before)/float64(count))
	for _, requests := range append(servers, first...) {
		close(requests)
	}
}
