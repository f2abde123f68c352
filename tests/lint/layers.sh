#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Who may include whom: base <- core <- codec and otp. The behaviours in otp
# use public headers and generated ones only, as programs do.
set -u
bad=0
# check DIR ALLOWED: quoted includes in DIR match the pattern ALLOWED.
check() {
	local dir=$1 allowed=$2 hit
	[ -d "$dir" ] || return
	while IFS= read -r hit; do
		echo "FAIL layers $hit"
		bad=1
	done < <(find "$dir" \( -name '*.[chS]' -o -name '*.def' \) \
		-not -path '*/build/*' -exec grep -HnE '^[ \t]*#[ \t]*include' \
		{} + | grep -vE '<(otp/[a-z_0-9.]+|((sys|linux|asm|gnu|sanitizer|netinet|arpa)/)?[a-z_0-9-]+\.h)>' |
		grep -vE "include[ \t]+\"($allowed)\"")
}
own='[a-z_0-9]+\.(h|def)'
src=runtime/src
check runtime/include "$own"
check $src/base "$own|base/$own"
check $src/core "$own|(base|core|core/arch)/$own"
check $src/codec "$own|(base|core|codec)/$own"
check $src/sim "$own|(base|core|sim)/$own"
check $src/otp "$own|[a-z_0-9]+\.otp\.h"
check examples "$own|[a-z_0-9]+\.otp\.h"

# A bare name is a file of the same folder, so that it says which layer.
while IFS=: read -r file line include; do
	name=$(sed 's/.*"\(.*\)".*/\1/' <<< "$include")
	case "$name" in
	*/* | *.otp.h) continue ;;
	esac
	if [ ! -e "$(dirname "$file")/$name" ]; then
		echo "FAIL layers $file:$line: $name is not in that folder"
		bad=1
	fi
done < <(grep -rnE --include='*.[ch]' '^[ \t]*#[ \t]*include[ \t]+"' \
	$src examples 2> /dev/null)
while IFS= read -r hit; do
	echo "FAIL layers $hit: nobody includes sim"
	bad=1
done < <(grep -rnE 'include.*["</]sim/' compiler runtime templates specs \
	examples 2> /dev/null | grep -v "^$src/sim/")
[ $bad -eq 0 ] && echo "ok layers"
