#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the bank, makes its transfers, runs it. Called by `make demo` with
# OTPC, LIBOTP, BUILD and CC; alone it uses what `make` has built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$here/../.." && pwd)
BUILD=${BUILD:-$tree/build/release}
OTPC=${OTPC:-$BUILD/otpc}
LIBOTP=${LIBOTP:-$BUILD/libotp.a}
out=$BUILD/examples/bank

make --no-print-directory -s -C "$here" OUT="$out" TREE="$tree" \
	TREE_BUILD="$BUILD" OTPC="$OTPC" CC="${CC:-cc}" \
	OTP_LIBS="$LIBOTP -pthread" "$out/bank" "$out/transfers.csv"
cd "$out"
rm -f bank.log
exec ./bank "$@"
