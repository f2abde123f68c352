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
for file in ../breaking/*.old.otp; do
	"$otpc" breaking --against "$file" "${file%.old.otp}.new.otp" --diag-ids
done 2>> "$scratch/seen" > /dev/null
"$otpc" --list-diags | sort > "$scratch/all"
sed -n 's/.* \[\([a-z0-9_]*\)\]$/\1/p' "$scratch/seen" | sort -u |
	comm -13 - "$scratch/all" > "$scratch/missing"
bad=0
if [ -s "$scratch/missing" ]; then
	sed 's/^/FAIL coverage: no golden test for /' "$scratch/missing"
	bad=1
fi

# Each warning has a switch, or diag.def does not compile; each switch has a
# warning, and is told of in the help, the man page and the reference.
def=../../compiler/diag.def
tr '\n' ' ' < $def |
	grep -oE '^WARNING\([a-z_]+,\s*[a-z_]+|\sWARNING\([a-z_]+,\s*[a-z_]+' |
	sed 's/.*,\s*//' | sort -u > "$scratch/used"
sed -n 's/^SWITCH(\([a-z_]*\),.*/\1/p' $def | sort > "$scratch/switches"
"$otpc" --help > "$scratch/help"
while read -r switch; do
	name=${switch//_/-}
	grep -qx "$switch" "$scratch/used" || why="no warning"
	grep -qE "^  -W$name( |$)" "$scratch/help" || why="not in the help"
	grep -qx ".B ${name//-/\\\\-}" ../../compiler/otpc.1 ||
		why="not in the man page"
	grep -qF "| \`-W$name\` |" ../../specs/README.md ||
		why="not in specs/README.md"
	[ -z "${why:-}" ] && continue
	echo "FAIL coverage: -W$name: $why"
	bad=1
	why=
done < "$scratch/switches"
[ -s "$scratch/switches" ] || bad=1
[ $bad -eq 0 ] && echo "ok coverage"
exit $bad
