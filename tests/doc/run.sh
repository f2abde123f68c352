#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `otpc doc` writes: shop.otp, which has every construct, and money.otp
# give the pages in expected/ (UPDATE=1 writes them). Pages are well-formed,
# stand alone, every link leads somewhere, and every name of C is one.
set -u
: "${OTPC:?the compiler to test}"
otpc=$(realpath "$OTPC")
cd "$(dirname "$0")" || exit 1
here=$PWD
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

# No two elements of a page have one id, and what `#` leads to is there.
links() { # FILE...
	local file href page id status=0
	for file; do
		if grep -o ' id="[^"]*"' "$file" | sort | uniq -d | grep .; then
			status=1
		fi
		while read -r href; do
			page=${href%%#*}
			page=${page:-$file}
			id=${href#*#}
			[ "$id" = "$href" ] && id=
			if [ ! -e "$page" ] || { [ "$id" ] &&
				! grep -qF "id=\"$id\"" "$page"; }; then
				echo "$file: $href leads nowhere"
				status=1
			fi
		done
	done
	return $status
}
hrefs() { # FILE
	case $1 in
	*.html) grep -o 'href="[^"]*"' "$1" | sed 's/^href="//; s/"$//' ;;
	*.md) grep -oE '[^\\]\]\([^)]*\)' "$1" | sed 's/^.\](//; s/)$//' ;;
	esac
}
all_links() { # FILE...
	local file status=0
	for file; do
		hrefs "$file" > hrefs
		[ -s hrefs ] || status=1
		links "$file" < hrefs || status=1
	done
	return $status
}

# A construct that the spec has not is one that nobody has looked at.
every_keyword() {
	local status=0 word
	while read -r word; do
		grep -qw -e "$word" "$here"/*.otp && continue
		echo "no spec has $word"
		status=1
	done < <(sed -n 's/^KEYWORD(.*, "\([a-z_]*\)")$/\1/p' \
		"$here/../../compiler/token.def")
	return $status
}

# The names of C on the page of shop.
names_of_c() {
	local status=0 name
	"$otpc" -o . "$here/shop.otp" "$here/money.otp" || return
	grep -oE '`(struct |enum )?(shop|SHOP)_[A-Za-z0-9_]*`' markdown/shop.md |
		tr -d '\140' | grep -vx SHOP_NAME | sort -u > names
	while read -r name; do
		grep -qw -e "$name" shop.otp.h && continue
		echo "not in the header: $name"
		status=1
	done < names
	[ "$(wc -l < names)" -gt 50 ] && return $status
}

cd "$work" || exit 1
every_keyword
verdict 'the specs have every keyword' $?
mkdir html markdown
"$otpc" doc -o html "$here/shop.otp" "$here/money.otp" &&
	"$otpc" doc --format markdown -o markdown/ "$here/money.otp" \
		"$here/shop.otp"
verdict 'pages are written' $?
if [ "${UPDATE:-}" = 1 ]; then
	mkdir -p "$here/expected"
	cp html/* markdown/* "$here/expected"
fi
mkdir all
cp html/* markdown/* all
diff -ru "$here/expected" all
verdict 'as expected' $?
(cd html && all_links ./*.html)
verdict 'every link of HTML leads somewhere' $?
(cd markdown && all_links ./*.md)
verdict 'every link of Markdown leads somewhere' $?
names_of_c
verdict 'every name of C is in the header' $?
! grep -nE '<script|<link|<img|src=|@import|url\(| on[a-z]+="' html/*.html
verdict 'a page needs nothing else, and runs nothing' $?
if command -v xmllint > /dev/null; then
	xmllint --noout html/*.html
	verdict 'HTML is well-formed' $?
else
	echo 'skip HTML is well-formed # there is no xmllint'
fi

# One file has no index, and no link to what has no page.
mkdir one
"$otpc" doc -o one "$here/shop.otp" && [ "$(ls one)" = shop.html ]
verdict 'one page alone' $?
! grep -n 'money\.html' one/shop.html && (cd one && all_links shop.html)
verdict 'has no link to a page that is not there' $?

# A module called like the index; text that is no text.
mkdir odd
printf '/// \001\033[31m & \302\205 \357\277\276 end\nmodule index;\n' > odd.otp
printf 'supervisor Lone { }\n' >> odd.otp
"$otpc" doc -o odd odd.otp "$here/money.otp" &&
	[ "$(echo odd/*)" = 'odd/index-module.html odd/index.html odd/money.html' ]
verdict 'a module called index' $?
if command -v xmllint > /dev/null; then
	xmllint --noout odd/*.html
	verdict 'no character that XML forbids' $?
fi
"$otpc" doc --format markdown -o odd odd.otp &&
	! LC_ALL=C grep -n $'[\001\033]' odd/index-module.md
verdict 'nor any that a terminal minds' $?

# A chain and a crowd of supervisors.
{
	echo 'module deep;'
	for i in $(seq 3000); do
		echo "supervisor S$i { child c = S$((i + 1)); child d = S$((i + 1)); }"
	done
	echo 'supervisor S3001 { }'
} > deep.otp
"$otpc" doc deep.otp && "$otpc" doc --format markdown deep.otp &&
	[ "$(wc -c < deep.html)" -lt 5000000 ]
verdict 'a deep tree' $?

# What is wrong.
echo 'module bad; record R { x: nothing; }' > bad.otp
"$otpc" doc bad.otp "$here/money.otp" 2> err
[ $? -eq 1 ] && [ ! -e bad.html ] && [ ! -e money.html ] &&
	grep -q 'unknown type .nothing.' err
verdict 'a spec that is wrong has no page' $?
"$otpc" doc -o missing "$here/money.otp" 2> err
[ $? -eq 1 ] && grep -q 'the folder .missing. does not exist' err
verdict 'a folder that is not there' $?
"$otpc" doc --format pdf "$here/money.otp" 2> err
[ $? -eq 2 ] && grep -q 'takes one of html|markdown' err
verdict 'a format that is not there' $?
exit $bad
