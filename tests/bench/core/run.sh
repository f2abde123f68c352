#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The core of the runtime: each program here and the same in Erlang, Go and on
# tokio, in turns, on all cores and on one; see README.md one folder up.
set -eu
here=$(dirname "$0")
runs=${BENCH_RUNS:-5}
scale=${BENCH_SCALE:-1}
configs=${BENCH_CONFIGS:-all one}
peers=${BENCH_PEERS-erlang go tokio}
seconds=${BENCH_TIMEOUT:-120}
cache=$(dirname "$WORK")/cache
bin=$WORK/bin
export ERL_CRASH_DUMP=$WORK/erl_crash.dump
mkdir -p "$bin" "$cache"
failed=0
note() { printf 'note\t%s\n' "$*"; }
last_line_of() { tail -n 1 "$1" | tr '\t' ' '; }

# --- which ------------------------------------------------------------------

# The lines of goals that are asked for.
grep -v '^#' "$here/goals" | awk -F '\t' -v rows="${BENCH_ROWS:-}" \
	-v quick="${BENCH_QUICK:-}" '
BEGIN { n = split(rows, names, " "); for (i = 1; i <= n; i++) want[names[i]] }
n ? $1 in want : quick == "" || $5 == "quick"' > "$WORK/goals"
mapfile -t stems < <(cut -f 1 "$WORK/goals" | uniq)
for stem in ${BENCH_ROWS:-}; do
	if [[ " ${stems[*]} " != *" $stem "* ]]; then
		note "core: no program is called $stem"
		exit 1
	fi
done
first_core=$(taskset -cp $$ | sed 's/.*: //; s/[,-].*//')

# --- build ------------------------------------------------------------------

printf "$here/%s.c\n" "${stems[@]}" | xargs -P "$(nproc)" -n 1 \
	"$here/../build.sh" "$bin" 2> "$WORK/ours.log" || :

have=" "
build_erlang() {
	local sources=("$here/bench.erl")
	for stem in "${stems[@]}"; do
		sources+=("$here/$stem.erl")
	done
	erlc -o "$bin" "${sources[@]}"
}
build_go() {
	export GO111MODULE=off GOFLAGS='' GOCACHE=$cache/go
	for stem in "${stems[@]}"; do
		[ ! -e "$here/$stem.go" ] || go build -o "$bin/$stem.go" \
			"$here/$stem.go" "$here/bench.go" || return 1
	done
}
# With the crates that Debian packages, and no others.
build_tokio() (
	mkdir -p "$WORK/tokio/.cargo"
	cd "$WORK/tokio"
	cat > .cargo/config.toml <<- END
		[source.crates-io]
		replace-with = "debian"
		[source.debian]
		directory = "$registry"
	END
	{
		cat <<- END
			[package]
			name = "core"
			version = "0.1.0"
			edition = "2021"
			[dependencies.tokio]
			version = "1"
			features = ["rt-multi-thread", "sync"]
		END
		for stem in "${stems[@]}"; do
			[ ! -e "$top/$here/$stem.rs" ] || printf \
				'[[bin]]\nname = "%s"\npath = "%s"\n' \
				"$stem" "$top/$here/$stem.rs"
		done
	} > Cargo.toml
	export CARGO_HOME=$cache/cargo CARGO_TARGET_DIR=$cache/tokio
	cargo build --release --offline
)
top=$PWD
registry=/usr/share/cargo/registry
missing() { # PEER
	case $1 in
	erlang)
		command -v erlc > /dev/null ||
			echo 'Erlang is missing: install erlang-base' ;;
	go)
		command -v go > /dev/null ||
			echo 'Go is missing: install golang-go' ;;
	tokio)
		command -v cargo > /dev/null && ls -d $registry/tokio-1.* \
			> /dev/null 2>&1 ||
			echo 'tokio is missing: install cargo, librust-tokio-dev'
		;;
	*) echo "$1 is no peer" ;;
	esac
}
for peer in $peers; do
	why=$(missing "$peer")
	if [ -n "$why" ]; then
		note "$why"
	elif "build_$peer" > "$WORK/$peer.log" 2>&1; then
		have+="$peer "
	else
		note "$peer: did not build: $(last_line_of "$WORK/$peer.log")"
	fi
done

# --- run --------------------------------------------------------------------

has() { # PEER STEM
	[[ $have = *" $1 "* ]] || return 1
	case $1 in
	erlang) [ -e "$bin/$2.beam" ] ;;
	go) [ -e "$bin/$2.go" ] ;;
	tokio) [ -e "$here/$2.rs" ] ;;
	esac
}
# once CONFIG WHO STEM: its lines METRIC VALUE
once() {
	local cores command
	cores=$(nproc)
	case $2 in
	ours) command=("$bin/$3") ;;
	go) command=("$bin/$3.go") ;;
	tokio) command=("$cache/tokio/release/$3") ;;
	erlang)
		[ "$1" = all ] || cores=1
		command=(erl -noshell +P 4194304 +S "$cores:$cores" -pa "$bin"
			-run "$3" main) ;;
	esac
	if [ "$1" = one ]; then
		cores=1
		command=(taskset -c "$first_core" "${command[@]}")
	fi
	BENCH_CORES=$cores timeout "$seconds" "${command[@]}" "$scale" \
		< /dev/null
}
# Each in its turn, so that what disturbs one disturbs the others.
turns() { # CONFIG STEM
	local who all=(ours) log=$WORK/$2.log
	for who in $have; do
		! has "$who" "$2" || all+=("$who")
	done
	for _ in $(seq "$runs"); do
		for who in "${all[@]}"; do
			if once "$1" "$who" "$2" > "$WORK/out" 2> "$log"; then
				sed "s/^/$1\t$2\t$who\t/" "$WORK/out"
				continue
			fi
			echo "$who $2, $1: $(last_line_of "$log")" \
				>> "$WORK/failures"
			[ "$who" != ours ] || return 0
			read -ra all <<< "${all[*]/$who/}"
		done
	done
}
: > "$WORK/failures"
for config in $configs; do
	for stem in "${stems[@]}"; do
		if [ ! -x "$bin/$stem" ]; then
			echo "ours $stem, $config: did not build:" \
				"$(last_line_of "$WORK/ours.log")" \
				>> "$WORK/failures"
			continue
		fi
		turns "$config" "$stem"
	done
done > "$WORK/times"

# --- rows -------------------------------------------------------------------

version() { # PEER
	case $1 in
	erlang)
		erl -noshell -eval 'io:format("Erlang/OTP ~s, ",
			[erlang:system_info(otp_release)]), halt().' ;;
	go) go version | sed 's/.* go\([0-9.]*\) .*/Go \1, /' ;;
	tokio) basename $registry/tokio-1.* | sed 's/-\(.*\)/ \1, /' ;;
	esac
}
printf 'about\t%s, %s cores; %smedians of %s%s\n' \
	"$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" \
	"$(nproc)" "$(for peer in $have; do version "$peer"; done |
		tr -d '\n')" "$runs" \
	"$([ "$scale" = 1 ] || echo ", $scale of the usual work")"
machine=$("$CC" -O2 -pthread -o "$WORK/machine" "$here/../machine.c" &&
	"$WORK/machine") || failed=1
[ -z "$machine" ] || note "a cache line on this machine: $machine"
awk -F '\t' -f "$here/rows.awk" "$WORK/goals" "$WORK/times" || failed=1
while IFS= read -r line; do
	note "failed: $line"
	[[ $line != ours* ]] || failed=1
done < "$WORK/failures"
exit $failed
