#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fails when an entry of diag.def is in no golden test: the tests are run again
# with --diag-ids, which prints the id behind each message.
set -u
: "${OTPC:?the compiler to test}"
otpc=$(realpath "$OTPC")
cd "$(dirname "$0")" || exit 1
here=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cat > "$scratch/otpc" <<END
#!/bin/sh
exec "$otpc" "\$@" --diag-ids
END
chmod +x "$scratch/otpc"
for file in *.otp; do
	"$otpc" check "$file" --diag-ids
done 2> "$scratch/seen" > /dev/null
for folder in . ../golden; do
	for file in "$here/$folder"/*.sh; do
		case ${file##*/} in
		run.sh | coverage.sh | hostile.sh | '*.sh') continue ;;
		esac
		work=$(mktemp -d -p "$scratch")
		(cd "$work" && OTPC="$scratch/otpc" HERE="$here/$folder" \
			LC_ALL=C bash "$file")
	done
done 2>> "$scratch/seen" > /dev/null
"$otpc" --list-diags | sort > "$scratch/all"
sed -n 's/.* \[\([a-z0-9_]*\)\]$/\1/p' "$scratch/seen" | sort -u |
	comm -13 - "$scratch/all" > "$scratch/missing"
if [ -s "$scratch/missing" ]; then
	sed 's/^/FAIL coverage: no golden test for /' "$scratch/missing"
	exit 1
fi
echo "ok coverage"
