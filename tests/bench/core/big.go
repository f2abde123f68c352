// SPDX-License-Identifier: Apache-2.0

// 120 goroutines; each sends a ping to one of them by chance, waits for the
// pong, and goes on so; all at the same time. One operation is one message.
package main

const members = 120

// A ping has its sender's mailbox, a pong none.
type message struct {
	from chan message
}

type member struct {
	own  chan message
	seed int64
	left int64
}

func (self *member) ping(all []chan message) {
	all[self.seed%members] <- message{self.own}
	self.seed = next(self.seed)
}

func (self *member) run(all []chan message, done, pings chan int64) {
	each, count := self.left, int64(0)
	self.ping(all)
	for got := range self.own {
		if got.from != nil {
			count++
			got.from <- message{}
		} else if self.left--; self.left > 0 {
			self.ping(all)
		} else {
			done <- each
		}
	}
	pings <- count
}

func gather(numbers chan int64) (sum int64) {
	for i := 0; i < members; i++ {
		sum += <-numbers
	}
	return
}

func run(pings int64) {
	done, counts := make(chan int64), make(chan int64)
	all := make([]chan message, members)
	for i := range all {
		all[i] = make(chan message, capacity)
	}
	for i, own := range all {
		self := &member{own, int64(i + 1), pings / members}
		go self.run(all, done, counts)
	}
	check(gather(done) == pings, "pongs")
	for _, own := range all {
		close(own)
	}
	check(gather(counts) == pings, "pings")
}

func body(scale float64) {
	pings := times(scale, 4800000, members)
	show("ns", measure(pings, members, run)/2)
}
