#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `make install` puts down is enough to build and run a program that
# knows nothing of this tree, and `make uninstall` takes all of it away.
set -u

case "$MODE" in
debug | release) ;;
*)
	echo "skip install # an installed library is no $MODE build"
	exit 0
	;;
esac

# check NAME COMMAND...: one line of result; the rest is of no use without it.
check() {
	local name=$1
	shift
	if "$@" > "$WORK/log" 2>&1; then
		echo "ok install $name"
	else
		echo "FAIL install $name"
		sed 's/^/  /' "$WORK/log"
		exit 1
	fi
}

root=$WORK/root
install=(make --no-print-directory "MODE=$MODE" "BUILD=$BUILD" "CC=$CC"
	"DESTDIR=$root" PREFIX=/opt/otp)
bin=$root/opt/otp/bin
check 'into DESTDIR' "${install[@]}" install

here=$PWD
mkdir "$WORK/outside"
cp examples/counter/*.otp examples/counter/*.c "$WORK/outside/"
cd "$WORK/outside" || exit 1
export PKG_CONFIG_PATH=$root/opt/otp/lib/pkgconfig
export PKG_CONFIG_SYSROOT_DIR=$root
check 'pkg-config knows otp' pkg-config --cflags --libs otp
read -ra flags <<< "$(pkg-config --cflags otp)"
read -ra libs <<< "$(pkg-config --libs otp)"

check 'no path of the build' \
	bash -c '! grep -rn -e "$1" -e "$2" "$3"' _ "$here" "$root" \
	"$PKG_CONFIG_PATH"
check 'otpc compiles a spec' "$bin/otpc" ./*.otp
check 'a program builds' \
	"$CC" -std=c11 -Wall -Wextra "${flags[@]}" -o program ./*.c "${libs[@]}"
check 'and runs' timeout 60 ./program
check 'headers stand alone, in C and in C++' bash -c '
	set -e
	cc=$1
	shift
	for header in "$1"/otp.h "$1"/otp/*.h; do
		echo "#include <${header#"$1"/}>" > one.c
		"$cc" -std=c11 -fsyntax-only "${@:2}" one.c
		g++ -std=c++11 -fsyntax-only "${@:2}" -x c++ one.c
	done' _ "$CC" "$root/opt/otp/include" "${flags[@]}"

# What README.md shows for a build system is a build.
block() { # LANGUAGE: of README.md
	awk -v "fence=\`\`\`$1" '
	$0 == fence { inside = 1; next }
	/^```/ { inside = 0 }
	inside' "$here/README.md"
}
unset OTPC OTP_CFLAGS OTP_LIBS LIBOTP CFLAGS MAKEFLAGS MFLAGS MAKELEVEL
export PATH=$bin:$PATH
mkdir "$WORK/build"
cp "$here"/examples/counter/*.otp "$here"/examples/counter/*.c "$WORK/build"
cd "$WORK/build" || exit 1
block make > Makefile
block cmake > CMakeLists.txt
block meson > meson.build
check 'README: builds with make' make "CC=$CC" counter
check 'README: and that runs' timeout 60 ./counter
touch -d '1 minute ago' ./*.o gen/* counter && touch counter.otp
check 'README: make sees a spec that changed' \
	bash -c '! make -q counter && make && make -q counter'
if command -v cmake > /dev/null; then
	check 'README: builds with CMake' bash -c '
		cmake -B c "-DCMAKE_PREFIX_PATH=$1" "-DCMAKE_C_COMPILER=$2" &&
		cmake --build c && timeout 60 c/counter' \
		_ "$root/opt/otp" "$CC"
fi
if command -v meson > /dev/null; then
	check 'README: builds with Meson' bash -c '
		meson setup m && meson compile -C m && timeout 60 m/counter'
fi

# What people and shells look for.
share=$root/opt/otp/share
check 'completions' bash -c '
	bash -n "$1/bash-completion/completions/otpc" &&
	[ -s "$1/zsh/site-functions/_otpc" ] &&
	[ -s "$1/fish/vendor_completions.d/otpc.fish" ]' _ "$share"
check 'manual page' grep -q '^\.TH OTPC 1' "$share/man/man1/otpc.1"

cd "$here" || exit 1
check 'uninstall' "${install[@]}" uninstall
check 'leaves nothing' \
	bash -c '[ -z "$(find "$1" -not -type d)" ]' _ "$root"
