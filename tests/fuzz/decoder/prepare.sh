#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -eu
cp tests/unit/runtime/codec_value.otp "$WORK"
"$OTPC" -o "$WORK" "$WORK/codec_value.otp"
echo "$WORK/codec_value.otp.c -I$WORK $OTP_CFLAGS $OTP_LIBS"
