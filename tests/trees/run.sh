#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The random trees from SEEDS seeds, JOBS of them at once; TREES_FIRST says from
# which on. Called by `make trees`. The first that fails is made smaller, and
# written to BUILD/tests/trees/smallest.txt, which TREES_CASE replays; with
# TREES_SEED or TREES_CASE only that one is run.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
program=$BUILD/tests/trees/trees

# shellcheck disable=SC1091 # found by its place
. "$top/tests/trees/build.sh"
build_trees "$program" || exit
TREES_SEEDS=${SEEDS:-10000} TREES_JOBS=${JOBS:-1} \
	TREES_SMALLEST=$BUILD/tests/trees/smallest.txt exec "$program"
