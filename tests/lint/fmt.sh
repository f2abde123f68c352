#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# otpc fmt leaves the specs of the project as they are, what `otpc new` makes,
# and what pages show: of the latter whole files, which begin with `module`, and
# pieces that are marked <!-- declarations -->.
set -u
: "${OTPC:?the compiler}"
folders=(examples specs tests/ast tests/golden tests/integration
	tests/semantics tests/unit)
pages=(README.md specs/README.md examples/*/README.md)
work=${WORK:-$(mktemp -d)}
bad=0
seen=0

check() { # NAME FILE
	seen=$((seen + 1))
	if ! "$OTPC" fmt --check --diff "$2"; then
		echo "FAIL fmt $1: otpc fmt would change it"
		bad=1
	fi
}

while IFS= read -r spec; do
	check "$spec" "$spec"
done < <(find "${folders[@]}" -name '*.otp' -not -path '*/build/*' | sort)

# Blocks as files PAGE.LINE.otp in a folder; a piece gets a line for itself.
blocks() { # PAGE FOLDER
	awk -v folder="$2" '
	/^<!-- .* -->$/ && !inside { mark = $0; next }
	/^```otp$/ && !inside {
		inside = 1
		wanted = mark != "<!-- wrong -->"
		text = mark == "<!-- declarations -->" ? "module example;\n" : ""
		line = NR
		next
	}
	/^```/ && !inside { inside = 1; wanted = 0; next }
	/^```/ {
		if (wanted && ("\n" text) ~ /\nmodule /)
			printf "%s", text > (folder "/" line ".otp")
		inside = 0
		mark = ""
		next
	}
	inside { text = text $0 "\n"; next }
	/./ { mark = "" }' "$1"
}
for page in "${pages[@]}"; do
	[ -e "$page" ] || continue
	rm -rf "$work/blocks"
	mkdir -p "$work/blocks"
	blocks "$page" "$work/blocks"
	for block in "$work"/blocks/*.otp; do
		[ -e "$block" ] || continue
		line=${block##*/}
		check "$page:${line%.otp}" "$block"
	done
done

rm -rf "$work/made"
if "$OTPC" new --help > /dev/null 2>&1; then
	(mkdir "$work/made" && cd "$work/made" && "$OTPC" new made) > /dev/null
	check 'of otpc new' "$work/made/made/made.otp"
fi
if [ "$seen" -lt 20 ]; then
	echo "FAIL fmt: only $seen specs seen"
	bad=1
fi
[ $bad -eq 0 ] && echo "ok fmt"
