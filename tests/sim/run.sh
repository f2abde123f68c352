#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The workloads from SEEDS seeds, JOBS of them at once; LOAD_FIRST says from
# which on. Called by `make sim`. Each that fails is printed with what replays
# it; the last line says how many there were, and how fast.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
load=$BUILD/tests/sim/load

# shellcheck disable=SC1091 # found by its place
. "$top/tests/sim/build.sh"
build_load "$load" || exit
LOAD_SEEDS=${SEEDS:-10000} LOAD_JOBS=${JOBS:-1} exec "$load"
