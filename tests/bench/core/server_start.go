// SPDX-License-Identifier: Apache-2.0

// Starts servers as goroutines, each as soon as the one before has begun and
// its starter knows: a thousand, which are then asked for their number and
// ended. One operation is one start; asking and ending do not count. No name,
// link or exit reason.
package main

import "time"

const servers = 1000

func server(number int64, started chan chan chan int64) {
	requests := make(chan chan int64)
	started <- requests
	for reply := range requests {
		reply <- number
	}
}

func start() []chan chan int64 {
	all := make([]chan chan int64, servers)
	started := make(chan chan chan int64)
	for i := range all {
		go server(int64(i), started)
		all[i] = <-started
	}
	return all
}

func round() time.Duration {
	begin := time.Now()
	all := start()
	took := time.Since(begin)
	reply := make(chan int64, 1)
	for i, requests := range all {
		requests <- reply
		check(<-reply == int64(i), "number")
		close(requests)
	}
	return took
}

func body(scale float64) {
	rounds := times(scale, 200, 1)
	sum := time.Duration(0)
	round()
	for i := int64(0); i < rounds; i++ {
		sum += round()
	}
	show("ns", float64(sum.Nanoseconds())/float64(rounds*servers))
}
