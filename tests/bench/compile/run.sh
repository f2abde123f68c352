#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How long otpc takes for a spec of 1,000 servers in 10,000 lines, and protoc-c
# for a .proto with the same messages.
set -eu
here=$(dirname "$0")
rounds=9
note() { printf 'note\t%s\n' "$*"; }

"$CC" -O2 -o "$WORK/took" "$here/took.c"
awk 'BEGIN {
	print "module big;\n"
	for (i = 0; i < 1000; i++)
		printf "gen_server Server%d {\n" \
			"    init(name: string, start: int64 = 0);\n" \
			"    state { name: string; count: int64; }\n" \
			"    call add(amount: int64, note: string) -> int64;\n" \
			"    call get() -> string timeout 1s;\n" \
			"    cast reset(to: int64);\n" \
			"    info tick(n: uint32);\n" \
			"    trap_exit;\n" \
			"    terminate;\n" \
			"}\n", i
}' > "$WORK/big.otp"
awk 'BEGIN {
	print "syntax = \"proto3\";\npackage big;"
	for (i = 0; i < 1000; i++) {
		s = "message Server" i
		print s "Init { string name = 1; int64 start = 2; }"
		print s "State { string name = 1; int64 count = 2; }"
		print s "Add { int64 amount = 1; string note = 2; }"
		print s "AddReply { int64 value = 1; }"
		print s "GetReply { string value = 1; }"
		print s "Reset { int64 to = 1; }"
		print s "Tick { uint32 n = 1; }"
	}
}' > "$WORK/big.proto"

protoc=
if command -v protoc-c > /dev/null; then
	protoc=yes
else
	note "protobuf-c is missing: install protobuf-c-compiler"
fi
for _ in $(seq $rounds); do
	echo "ours $("$WORK/took" "$OTPC" -o "$WORK" "$WORK/big.otp")"
	echo "check $("$WORK/took" "$OTPC" check "$WORK/big.otp")"
	if [ -n "$protoc" ]; then
		echo "protobuf-c $("$WORK/took" protoc-c \
			--proto_path="$WORK" --c_out="$WORK" \
			"$WORK/big.proto")"
	fi
done > "$WORK/times"

median() { # WHO COLUMN
	awk -v who="$1" -v column="$2" '$1 == who { print $column }' \
		"$WORK/times" | sort -n |
		awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 1) / 2)] }'
}
in_mb() { awk '{ printf "%.1f\n", $1 / 1024 }'; }
written() { cat "$@" | wc -c | awk '{ printf "%.1f\n", $1 / 1048576 }'; }
peer() { # VALUE
	[ -z "$protoc" ] || printf 'protobuf-c=%s' "$1"
}
row() { # METRIC OURS PEERS GOAL
	printf 'row\tcompile\t1,000 servers, 10,002 lines\t%s\t%s\t%s\t%s\n' \
		"$1" "$2" "$3" "$4"
}
row ms "$(median ours 2)" "$(peer "$(median protobuf-c 2)")" 'protobuf-c>=10'
row 'ms, check only' "$(median check 2)" \
	"$(peer "$(median protobuf-c 2)")" ''
row 'peak MiB' "$(median ours 3 | in_mb)" \
	"$(peer "$(median protobuf-c 3 | in_mb)")" 'OURS<=64'
row 'MiB written' "$(written "$WORK"/big.otp.[ch])" \
	"$([ -z "$protoc" ] || peer "$(written "$WORK"/big.pb-c.[ch])")" ''
