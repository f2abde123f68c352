// SPDX-License-Identifier: Apache-2.0

// A token goes round a ring of 100 goroutines. One operation is one hop.
package main

const members = 100

func hop(own, next chan int64, ended chan struct{}, hops chan int64) {
	count := int64(0)
	for left := range own {
		if left == 0 {
			ended <- struct{}{}
		} else {
			count++
			next <- left - 1
		}
	}
	hops <- count
}

func run(hops int64) {
	ended := make(chan struct{})
	counts := make(chan int64)
	var ring [members]chan int64
	for i := range ring {
		ring[i] = make(chan int64, 1)
	}
	for i := range ring {
		go hop(ring[i], ring[(i+1)%members], ended, counts)
	}
	ring[0] <- hops
	<-ended
	sum := int64(0)
	for _, own := range ring {
		close(own)
		sum += <-counts
	}
	check(sum == hops, "hops")
}

func body(scale float64) {
	show("ns", measure(times(scale, 5000000, 1), 1, run))
}
