// SPDX-License-Identifier: Apache-2.0

// A hundred creatures of three colours meet in pairs at a mall. The second to
// come is sent on to the first, which changes its colour and tells it to the
// second, which changes, too; both come again. One operation is one meeting of
// two, four messages.
package main

const creatures = 100

// Of the mall and of creatures; the second to come, or who is told what colour
// to take, or, without a colour, the end.
type visit struct {
	from   chan visit
	colour int
}

// Colours are 1, 2 and 3: two different ones make the third.
func complement(a, b int) int {
	if a == b {
		return a
	}
	return 6 - a - b
}

func creature(mall chan visit, colour int, met chan int64) {
	own := make(chan visit, 1)
	count := int64(0)
	mall <- visit{own, colour}
	for got := range own {
		if got.colour == 0 {
			met <- count
			return
		}
		count++
		if got.from != nil {
			colour = complement(colour, got.colour)
			got.from <- visit{nil, colour}
		} else {
			colour = got.colour
		}
		mall <- visit{own, colour}
	}
}

func mall(visits chan visit, meetings int64) {
	for ; meetings > 0; meetings-- {
		first := <-visits
		first.from <- <-visits
	}
	for i := 0; i < creatures; i++ {
		(<-visits).from <- visit{}
	}
}

func run(meetings int64) {
	visits := make(chan visit, capacity)
	met := make(chan int64)
	go mall(visits, meetings)
	for i := 0; i < creatures; i++ {
		go creature(visits, i%3+1, met)
	}
	sum := int64(0)
	for i := 0; i < creatures; i++ {
		sum += <-met
	}
	check(sum == 2*meetings, "meetings")
}

func body(scale float64) {
	show("ns", measure(times(scale, 1500000, 1), 1, run))
}
