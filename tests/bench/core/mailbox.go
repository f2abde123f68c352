// SPDX-License-Identifier: Apache-2.0

// A hundred goroutines send numbers to one, which adds them up; when 1024 are
// waiting they have to wait, too. Ten thousand messages each, a million in all,
// and that several times over. One operation is one message.
package main

const senders = 100

func send(numbers chan int64, left int64) {
	for ; left > 0; left-- {
		numbers <- 1
	}
}

func sink(numbers chan int64, left int64, sum chan int64) {
	total := int64(0)
	for ; left > 0; left-- {
		total += <-numbers
	}
	sum <- total
}

const million = 1000000

func run(messages int64) {
	for ; messages > 0; messages -= million {
		round(million)
	}
}

func round(messages int64) {
	numbers := make(chan int64, capacity)
	sum := make(chan int64)
	go sink(numbers, messages, sum)
	for i := 0; i < senders; i++ {
		go send(numbers, messages/senders)
	}
	check(<-sum == messages, "sum")
}

func body(scale float64) {
	show("ns", measure(times(scale, 10*million, million), million, run))
}
