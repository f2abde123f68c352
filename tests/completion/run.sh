#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What bash, zsh and fish offer for command lines of otpc, asked from the
# shells themselves.
set -u
: "${OTPC:?the compiler to test}"
otpc=$(realpath "$OTPC")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

verdict() { # NAME STATUS
	if [ "$2" -eq 0 ]; then
		echo "ok $1"
	else
		echo "FAIL $1"
		bad=1
	fi
}

offers() { # LINE: in $shell
	case $shell in
	zsh) zsh -f "$here/complete.zsh" "$work/script.zsh" "$1" ;;
	bash) bash "$here/complete.bash" "$work/script.bash" "$1" ;;
	fish) fish --no-config "$here/complete.fish" "$work/script.fish" "$1" ;;
	esac
}

# wants LINE WORD...: these are offered, and what stands after `-not` is not.
wants() {
	local line=$1 word found status=0 wanted=0
	shift
	offers "$line" > offered 2>&1 || status=1
	for word; do
		if [ "$word" = -not ]; then
			wanted=1
			continue
		fi
		grep -qE -e "^(--[a-z]*=)?${word}[/=]?\$" offered
		found=$?
		if [ $found -ne $wanted ]; then
			echo "$shell: $line: $word"
			status=1
		fi
	done
	[ $status -eq 0 ] || sed 's/^/  offered: /' offered
	verdict "$shell: $line" $status
}

cd "$work" || exit 1
mkdir folder
touch shop.otp shop.c
for shell in bash zsh fish; do
	"$otpc" completion $shell > script.$shell
	verdict "$shell: a script" $?
	if ! command -v $shell > /dev/null; then
		echo "skip $shell: # it is not installed"
		continue
	fi
	wants 'otpc ' check doc new shop.otp -not shop.c compile
	wants 'otpc gr' graph -not new
	wants 'otpc check ' shop.otp folder -not shop.c check
	wants 'otpc sh' shop.otp -not shop.c
	wants 'otpc --ma' --main -not --json
	wants 'otpc -W' -Wall -Werror -Wunused-import -Wno-unused-import
	wants 'otpc -M' -MD -MT
	wants 'otpc doc --' --format --output --help -not --main --tree
	wants 'otpc doc --format ' html markdown -not dot shop.otp
	wants 'otpc graph --format=' dot svg -not html
	wants 'otpc graph --' --tree --calls
	wants 'otpc -o ' folder -not shop.otp shop.c
	wants 'otpc check -I ' folder -not shop.c
	wants 'otpc --depfile ' shop.c
	wants 'otpc breaking --against ' shop.otp -not shop.c
	wants 'otpc completion ' bash zsh fish -not shop.otp
	wants 'otpc new ' -not shop.otp check
	wants 'otpc new --dir ' folder -not shop.c
	wants 'otpc lint --error-format ' text json github
done
"$otpc" completion tcsh > out 2> err
[ $? -eq 2 ] && [ ! -s out ] && grep -q 'bash|zsh|fish' err
verdict 'a shell that is not there' $?
exit $bad
