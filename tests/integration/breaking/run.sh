#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Programs made from both versions of tests/breaking/types.*.otp exchange
# encoded values. What each can read must be what `otpc breaking` says, which
# is in the names of the types.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tests=$(cd "$here/../.." && pwd)
cd "$WORK" || exit 1
bad=0

die() {
	echo "FAIL $1"
	exit 1
}
# FirstByteToShort: first_byte_to_short
snake() {
	sed 's/\([A-Z]\)/_\L\1/g; s/^_//' <<< "$1"
}
build() { # VERSION
	mkdir -p "$1" &&
		cp "$tests/breaking/types.$1.otp" "$1/types.otp" &&
		"$OTPC" --skeleton -o "$1" "$1/types.otp" || return 1
	# in the order of the old version, as the kinds may differ
	local type c
	for type in "${types[@]}"; do
		c=struct
		grep -q "^enum $type " "$1/types.otp" && c=enum
		echo "TYPE($c, $(snake "$type"))"
	done > "$1/types.inc"
	# shellcheck disable=SC2086
	$CC -std=gnu11 -Wall -Wextra -Werror $CFLAGS $OTP_CFLAGS -I"$1" \
		-I"$tests/unit/runtime" -o "$1/exchange" "$here/exchange.c" \
		"$1/types.otp.c" "$1/types.c" $OTP_LIBS -lcmocka -lm
}

mapfile -t types < <(grep -E '^(enum|record|union) ' \
	"$tests/breaking/types.old.otp" | awk '{ print $2 }')
for version in old new; do
	build $version || die "build the $version version"
done
for version in old new; do
	$version/exchange write $version.values ||
		die "write values of the $version version"
done
new/exchange read old.values > new_reads_old || die "the new one reads"
old/exchange read new.values > old_reads_new || die "the old one reads"

reads() { # FILE TYPE
	awk -v type="change.$2" '$1 == type { print $2 }' "$1"
}
for type in "${types[@]}"; do
	said=$(sed 's/\(.[a-z]*\).*/\1/' <<< "$type")
	case $(reads new_reads_old "$type"),$(reads old_reads_new "$type") in
	all,all) found='Ok, Same or Misread' ;;
	all,some) found=First ;;
	some,*) found=Breaks ;;
	*) found='nothing at all' ;;
	esac
	if [[ $found == *"$said"* ]]; then
		echo "ok $type"
	else
		echo "FAIL $type: said $said, found $found"
		bad=1
	fi
done
exit $bad
