#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The bank with fewer rows: it ends with the balance check, whatever crashes.
set -u
top=$(cd "$(dirname "$0")/../../.." && pwd)
example=$top/examples/bank
cd "$WORK" || exit 1

# The bugs are meant; UBSan must not be the one to find them.
if ! make -s -C "$example" OUT="$PWD" TREE="$top" TREE_BUILD="$BUILD" \
	OTPC="$OTPC" CC="$CC" CFLAGS="$CFLAGS" \
	CPPFLAGS=-fno-sanitize=undefined \
	OTP_CFLAGS="$OTP_CFLAGS" OTP_LIBS="$OTP_LIBS" "$PWD/bank"; then
	echo "FAIL bank builds"
	exit
fi
echo "ok bank builds"
cd "$WORK" || exit 1

check() { # NAME COMMAND...
	local name=$1
	shift
	if "$@" > /dev/null; then
		echo "ok $name"
	else
		echo "FAIL $name"
		cat out err bank.log 2> /dev/null | tail -n 100
	fi
}
value() { # LABEL: the number behind it
	sed -n "s/^  $1  *//p" out
}
at_least() { # LABEL NUMBER
	[ "$(value "$1")" -ge "$2" ]
}

"$example/transfers.sh" 10000 200 > transfers.csv
"$example/transfers.sh" 10000 200 | cmp -s - transfers.csv
check 'the transfers are the same each time' [ $? -eq 0 ]
./bank --accounts=200 --tellers=50 > out 2> err
check 'the bank ends with status 0' [ $? -eq 0 ]
check 'no money is lost or made' grep -q '^Not a cent was lost or made' out
check 'every transfer is run' [ \
	$(($(value 'transfers done') + $(value 'refused, no funds'))) -eq 10000 ]
check 'four crashes or more are contained' at_least 'crashes contained' 4
check 'endless loops are killed' at_least 'endless loops killed' 1
check 'accounts are restarted' at_least restarts 4
check 'a crash is shown' grep -q '^=CRASH REPORT' out
check 'it names the function' grep -q 'bank_account_handle_' bank.log
check 'and what the supervisor did' grep -q 'of account terminated: restart' out

printf '0,1,2,x,rent\n' > wrong.csv
./bank --transfers=wrong.csv > out 2> err
check 'a wrong file is refused' [ $? -eq 1 ]
check 'with its line' grep -q 'wrong.csv:1' err
