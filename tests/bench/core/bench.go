// SPDX-License-Identifier: Apache-2.0

// What the programs in Go share: STEM [SCALE] runs on BENCH_CORES threads (all
// cores, if it is not set) and prints lines METRIC<TAB>VALUE; a wrong result
// ends it with status 1. A process is a goroutine, its mailbox a channel, which
// is bounded: who sends to a full one waits. There are no links, no monitors,
// no exit reasons, and a goroutine that panics ends the program.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

// How many messages wait in a mailbox.
const capacity = 1024

func main() {
	scale := 1.0
	if cores, err := strconv.Atoi(os.Getenv("BENCH_CORES")); err == nil {
		runtime.GOMAXPROCS(cores)
	}
	if len(os.Args) > 1 {
		var err error
		scale, err = strconv.ParseFloat(os.Args[1], 64)
		check(err == nil, "usage: STEM [SCALE]")
	}
	body(scale)
}

func check(right bool, what string) {
	if !right {
		fmt.Fprintln(os.Stderr, "wrong:", what)
		os.Exit(1)
	}
}

// So many times, scaled; a multiple of unit, and not 0.
func times(scale float64, times, unit int64) int64 {
	n := int64(float64(times)*scale) / unit * unit
	if n < unit {
		return unit
	}
	return n
}

// run(count), once to warm up with a tenth, and once measured: nanoseconds of
// one of the times.
func measure(count, unit int64, run func(int64)) float64 {
	run(times(0.1, count, unit))
	return each(count, func() { run(count) })
}

func each(count int64, run func()) float64 {
	start := time.Now()
	run()
	return float64(time.Since(start).Nanoseconds()) / float64(count)
}

func show(metric string, value float64) {
	fmt.Printf("%s\t%.2f\n", metric, value)
}

// A small generator of random numbers, 1 to 2^31 - 2.
func next(seed int64) int64 {
	return seed * 16807 % 2147483647
}
