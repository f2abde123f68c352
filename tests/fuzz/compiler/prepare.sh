#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# All of otpc but its main.
set -eu
find "$BUILD/compiler" -name '*.o' -not -path '*/main.o' | tr '\n' ' '
echo "-D_GNU_SOURCE= -Icompiler -I$BUILD/compiler -ljansson"
