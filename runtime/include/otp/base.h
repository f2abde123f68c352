/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every other public header needs: fixed-width types, linkage for C++
 * and the few attributes used in declarations.
 */
#ifndef OTP_BASE_H
#define OTP_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define OTP_BEGIN_DECLS extern "C" {
#define OTP_END_DECLS }
#else
#define OTP_BEGIN_DECLS
#define OTP_END_DECLS
#endif

/* The result says whether it worked: dropping it is a warning. */
#define OTP_MUST_USE __attribute__((warn_unused_result))
/* For generated code: the same function in each module that uses it, of which
   the linker keeps one. */
#define OTP_SHARED __attribute__((weak))
#define OTP_NORETURN __attribute__((noreturn))
/* Arguments from number ARGS on are checked against the format FMT. */
#define OTP_PRINTF(FMT, ARGS) __attribute__((format(printf, FMT, ARGS)))

#endif
