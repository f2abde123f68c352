#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A million gen_servers in one program, then ten million. Status 1 if they take
# more memory than they may; 2, with a word, if there is not enough of it here.
set -eu
here=$(dirname "$0")
need_mb=3600 # ten million at 350 bytes, and a little

# What this program could take: of the machine, and of its control group.
available_mb() {
	local least group=/sys/fs/cgroup/memory.max
	least=$(awk '/^MemAvailable:/ { print int($2 / 1000) }' /proc/meminfo)
	if [ -r $group ] && [ "$(cat $group)" != max ]; then
		local free=$((($(cat $group) -
			$(cat /sys/fs/cgroup/memory.current)) / 1000000))
		[ $free -ge "$least" ] || least=$free
	fi
	echo "$least"
}

"$here/../build.sh" "$WORK" "$here/scale.c"
"$WORK/scale" 1
available=$(available_mb)
if [ "$available" -lt $need_mb ]; then
	echo "ten million servers: not tried; up to $need_mb MB are needed," \
		"$available MB are free here"
	exit 2
fi
"$WORK/scale" 10
