#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A folder with something in it, a file, a link to nothing, a folder that cannot
# be made: what was there is left alone, nothing is added.
mkdir full empty
touch full/precious file
ln -s nowhere link
before=$(ls -A . full)
"$OTPC" new full
"$OTPC" new file
"$OTPC" new link
"$OTPC" new --dir no/such/folder app
"$OTPC" new --dir /proc app
[ "$(ls -A . full)" = "$before" ] || echo 'something was written' >&2

# A file that cannot be written to the end: those before it go, too.
trap '' XFSZ
ulimit -f 1
"$OTPC" new --dir half app
[ ! -e half ] || echo 'half a project is left' >&2
"$OTPC" new --dir empty app
[ -z "$(ls -A empty)" ] || echo 'half a project is left in it' >&2
exit 1
