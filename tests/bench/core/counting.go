// SPDX-License-Identifier: Apache-2.0

// One goroutine sends, another counts. One operation is one message. The
// channel holds 1024 messages, so there is no unbounded variant: the figure of
// "unbounded" is that of a channel whose sender has to wait when it is full.
// The channel does what a window of credits does elsewhere, too.
package main

const batch = 1000000

func counter(adds chan struct{}, count chan int64) {
	counted := int64(0)
	for range adds {
		counted++
		if counted == batch {
			count <- counted
			counted = 0
		}
	}
	close(count)
}

func run(messages int64) {
	adds := make(chan struct{}, capacity)
	count := make(chan int64)
	go counter(adds, count)
	for sent := int64(0); sent < messages; sent += batch {
		for i := 0; i < batch; i++ {
			adds <- struct{}{}
		}
		check(<-count == batch, "count")
	}
	close(adds)
	<-count
}

func body(scale float64) {
	ns := measure(times(scale, 10000000, batch), batch, run)
	show("unbounded_ns", ns)
	show("window_ns", ns)
}
