/* SPDX-License-Identifier: Apache-2.0 */
/*
 * USDT probes of provider `libotp`: a nop where one is, and a note in the
 * program that says where and what its arguments are. With <sys/sdt.h> (Debian:
 * systemtap-sdt-dev) when libotp is built; without it there are none.
 *
 * All share one semaphore, the lower half of otpi_trace_switch: whoever uses a
 * probe counts it up (perf, bpftrace and gdb do), so that where nobody does,
 * neither the probes nor their arguments cost anything.
 */
#ifndef OTPI_PROBE_H
#define OTPI_PROBE_H

#if __has_include(<sys/sdt.h>)

#define _SDT_HAS_SEMAPHORES 1
#include <sys/sdt.h>
#ifdef __clang__ /* of that header's macros, wherever they are used */
#pragma clang diagnostic ignored "-Wgnu-zero-variadic-macro-arguments"
#endif

/* Once each, in the file of the probes. */
#define PROBE_SEMAPHORE(probe) \
	static struct trace_switch libotp_##probe##_semaphore \
		__attribute__((unused, alias("otpi_trace_switch")))
#define PROBE(probe, a, b, c, d, e, f, g, h) \
	DTRACE_PROBE8(libotp, probe, a, b, c, d, e, f, g, h)

#else

#define PROBE_SEMAPHORE(probe) \
	_Static_assert(sizeof(#probe) > 1, "a probe has a name")
#define PROBE(probe, a, b, c, d, e, f, g, h) ((void)0)

#endif
#endif
