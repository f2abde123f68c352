// SPDX-License-Identifier: Apache-2.0

// A goroutine starts others, as many as there are to be, and each sends it a
// number and ends; it adds up what arrives. The channel holds all of them, so
// that none has to wait. One operation is one goroutine with its message.
// fresh: the first time in this program; reused: the same once more. A
// goroutine has no exit reason, link or table to be found in.
package main

func child(parent chan int64, n int64) {
	parent <- n
}

func run(children int64) {
	numbers := make(chan int64, children)
	for i := int64(0); i < children; i++ {
		go child(numbers, i)
	}
	sum := int64(0)
	for i := int64(0); i < children; i++ {
		sum += <-numbers
	}
	check(sum == children*(children-1)/2, "sum")
}

func body(scale float64) {
	children := times(scale, 500000, 1)
	run(1000)
	show("fresh_ns", each(children, func() { run(children) }))
	show("reused_ns", each(children, func() { run(children) }))
}
