#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program of Graphviz draws: it is not there, it fails, it is killed.
echo 'module lone; gen_server Server { }' > lone.otp
PATH=$PWD "$OTPC" graph --format svg lone.otp > out
[ $? -eq 1 ] && [ ! -s out ] || echo 'it drew something' >&2
printf '#!/bin/sh\nexit 3\n' > dot
chmod +x dot
PATH=$PWD:$PATH "$OTPC" graph --format svg -o lone.svg lone.otp
[ ! -e lone.svg ] || echo 'it wrote something' >&2
# shellcheck disable=SC2016
printf '#!/bin/sh\nkill -9 $$\n' > dot
PATH=$PWD:$PATH "$OTPC" graph --format svg lone.otp
