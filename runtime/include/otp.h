/* SPDX-License-Identifier: Apache-2.0 */
/* Everything a program that uses libotp needs. */
#ifndef OTP_H
#define OTP_H

#include <otp/application.h>
#include <otp/copy.h>
#include <otp/err.h>
#include <otp/gen_server.h>
#include <otp/logger.h>
#include <otp/process.h>
#include <otp/runtime.h>
#include <otp/stats.h>
#include <otp/supervisor.h>
#include <otp/sys.h>
#include <otp/term.h>
#include <otp/trace.h>
#include <otp/type.h>
#include <otp/value.h>

#endif
