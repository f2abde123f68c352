#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Do the trees find anything? Supervisors with a mistake in them, one at a time,
# each of which must be caught within MUTANT_SEEDS=500 seeds. A mutant is a file
# of runtime/src/otp with one substitution; that it fits nothing is a failure, too.
# Called by integration/trees, in an environment as that of any script.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
program=$WORK/mutant
seeds=${MUTANT_SEEDS:-500}

# shellcheck disable=SC1091 # found by its place
. "$top/tests/trees/build.sh"

# mutant "NAME" FILE 'SUBSTITUTION'
mutant() {
	local file=$top/runtime/src/otp/$2 copy=$WORK/mutant.c out
	sed -E "$3" "$file" > "$copy"
	if cmp -s "$file" "$copy"; then
		echo "FAIL mutant $1: its substitution fits nothing in $2"
		return
	fi
	# shellcheck disable=SC2086 # flags are words
	if ! $CC -std=gnu11 $CFLAGS $OTP_CFLAGS $SRC_CFLAGS \
		-I"$BUILD/gen/otp" -I"$top/runtime/src/otp" -D_GNU_SOURCE= \
		-ftls-model=initial-exec -w -c "$copy" -o "$WORK/mutant.o" ||
		! build_trees "$program" "$WORK/mutant.o"; then
		echo "FAIL mutant $1: it does not compile"
		return
	fi
	if out=$(TREES_SEEDS=$seeds TREES_JOBS=2 TREES_MOST=1 TREES_SHRINK=0 \
		TREES_FIRST="${MUTANT_FIRST:-1}" "$program" 2>&1); then
		echo "FAIL mutant $1: not caught within $seeds seeds"
	else
		echo "ok mutant $1, $(head -n 1 <<< "$out" |
			sed -E 's/^FAIL (seed [0-9]+: [^;]*);.*/\1/')"
	fi
}

restart=supervisor_restart.c
mutant "one restart more than the intensity" $restart \
	's/s->class->intensity, s->class->period_ms\)/s->class->intensity + 1, s->class->period_ms)/'
mutant "restarts are never forgotten" $restart \
	's/at_ms\[log->first\] > period_ms/at_ms[log->first] > 100 * period_ms/'
mutant "a retry does not count" $restart \
	'/^otpi_retry_fate/,/^}/s/restart_allowed\(s\)/true/'
mutant "rest_for_one stops all" $restart \
	's/group_restart\(s, i\)/group_restart(s, 0)/
	/^group_begin/,/^}/s/return i;/return 0;/'
mutant "rest_for_one leaves the rest alone" $restart \
	's/group_restart\(s, i\)/(void)try_start(s, i)/
	/^group_begin/,/^}/s/return i;/return static_count(s);/'
mutant "one_for_all spares the first" $restart \
	's/group_restart\(s, 0\)/group_restart(s, i > 0)/
	/^group_begin/,/^}/s/return 0;/return i > 0;/'
mutant "a group is stopped from its beginning" $restart \
	's/for \(size_t i = count; i-- > from;\)/for (size_t i = from; i < count; i++)/
	/^group_stop/,/^}/s/for \(size_t i = static_count\(s\); i-- > from;\)/for (size_t i = from; i < static_count(s); i++)/'
mutant "a group restarts temporary children" $restart \
	's/place != CHILD_FORGOTTEN && !try_start/place != CHILD_RUNNING \&\& !try_start/'
mutant "transient children restart after shutdown" $restart \
	'/^restart_wanted/,/^}/s/otpi_term_is_orderly\(reason\)/otp_term_is_atom(reason, "normal")/'
mutant "permanent children do not restart after normal" $restart \
	'/^restart_wanted/,/^}/s/return true/return !otp_term_is_atom(reason, "normal")/'
mutant "a retry that is out of date restarts" $restart \
	'/^static_retry/,/^}/s/(child->|s->children\[i\]\.)place != CHILD_RESTARTING \|\|/false ||/'
mutant "auto_shutdown is ignored" $restart \
	'/^otpi_significant_end/,/^}/s/!(class->)?significant/true/'
mutant "all_significant is any_significant" $restart \
	's/return !has_significant\(s\)/return true/'
mutant "giving up is a normal end" supervisor.c \
	'/^otpi_supervisor_give_up/,/^}/s/OTP_SHUTDOWN/OTP_NORMAL/'
mutant "children are stopped from the first on" supervisor.c \
	'/^stop_children/,/^}/s/for \(size_t i = static_count\(s\); i-- > 0;\)/for (size_t i = 0; i < static_count(s); i++)/'
mutant "anybody's EXIT ends it" supervisor.c \
	's/if \(otp_pid_equal\(from, otp_process_parent\(\)\)\)/if (true)/'
mutant "its own reason is always shutdown" supervisor.c \
	'/^stop\(/,/^}/s/end_with\(reason\)/end_with(OTP_SHUTDOWN)/'
mutant "shutdown has no limit" supervisor_child.c \
	's/brutal \? OTP_INFINITY : shutdown_ms/OTP_INFINITY/'
mutant "brutal_kill is shutdown" supervisor_child.c \
	's/brutal \? OTP_KILL : OTP_SHUTDOWN/OTP_SHUTDOWN/'
mutant "temporary children stay" supervisor_child.c \
	's/temporary \? CHILD_FORGOTTEN : CHILD_STOPPED/CHILD_STOPPED/'
mutant "restart_child of one that runs" supervisor_admin.c \
	's/err = OTP_RUNNING/err = OTP_OK/'
mutant "restart_child of one that is being restarted" supervisor_admin.c \
	's/err = OTP_RESTARTING/err = OTP_OK/'
mutant "terminate_child forgets the child" supervisor_admin.c \
	'/^handle_terminate_child/,/^}/s/otpi_child_stop\(s, i\);/&s->children[i].place = CHILD_FORGOTTEN;/'
mutant "count_children counts the dead" supervisor_admin.c \
	's/counts->active \+= running && otp_is_alive\(pid\)/counts->active++/'
mutant "which_children from the first on" supervisor_admin.c \
	'/^handle_which_children/,/^}/s/for \(size_t i = static_count\(s\); i-- > 0;\)/for (size_t i = 0; i < static_count(s); i++)/'
mutant "one more than max_children" supervisor_dynamic.c \
	's/table\.count >= max/table.count > max/'
mutant "a dynamic child that ignores is tried again" supervisor_dynamic.c \
	's/err == OTP_IGNORE/false/'

# What the first fails at is made smaller; the file fails the same way each
# time, and the supervisors as they are do it right.
smallest=$WORK/smallest
mutant "which is made smaller" $restart \
	'/^otpi_retry_fate/,/^}/s/restart_allowed\(s\)/true/'
TREES_SEEDS=$seeds TREES_MOST=1 TREES_SMALLEST=$smallest "$program" \
	> "$WORK/out" 2>&1
lines=$(wc -l < "$smallest")
first=$(TREES_CASE=$smallest "$program" 2>&1)
second=$(TREES_CASE=$smallest "$program" 2>&1)
if [ "$lines" -gt 10 ]; then
	echo "FAIL smallest: $lines lines"
	cat "$smallest"
elif [ "${first#WRONG}" = "$first" ] || [ "$first" != "$second" ]; then
	echo "FAIL smallest: $first; then: $second"
elif ! TREES_CASE=$smallest "$BUILD/tests/trees/trees" > "$WORK/out" 2>&1; then
	echo "FAIL smallest: it fails without a mutant, too"
	cat "$WORK/out"
else
	echo "ok smallest: $lines lines, the same each time"
fi
