// SPDX-License-Identifier: Apache-2.0

// A tree of goroutines, ten below each, and a million leaves. A leaf sends its
// number to its parent and ends, an inner node the sum of what it gets. One
// operation is one goroutine.
package main

const fan = 10

func node(parent chan int64, first, size int64) {
	if size == 1 {
		parent <- first
		return
	}
	numbers := make(chan int64, fan)
	part := size / fan
	for i := int64(0); i < fan; i++ {
		go node(numbers, first+i*part, part)
	}
	sum := int64(0)
	for i := 0; i < fan; i++ {
		sum += <-numbers
	}
	parent <- sum
}

func run(leaves int64) {
	root := make(chan int64)
	go node(root, 0, leaves)
	check(<-root == leaves*(leaves-1)/2, "sum")
}

func body(scale float64) {
	leaves := int64(1000000)
	if scale < 0.5 {
		leaves /= 10
	}
	run(1000)
	nodes := (leaves*fan - 1) / (fan - 1)
	show("ns", each(nodes, func() { run(leaves) }))
}
