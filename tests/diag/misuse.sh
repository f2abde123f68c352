#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Command lines that cannot be followed, each with its exit status.
say() {
	echo "otpc $*" >&2
	"$OTPC" "$@" < /dev/null > out
	echo "exit status $?" >&2
	[ ! -s out ] || echo "something on stdout" >&2
}
echo 'module fine;' > fine.otp
: > empty.otp
mkdir folder.otp
say
say -o
say --bogus fine.otp
say chek fine.otp
say fine.otp check
say -I . lint fine.otp
say -
say check -
say lint
say fmt -o folder.otp fine.otp
say new
say new one two
say breaking fine.otp
say breaking --against fine.otp
say breaking --against fine.otp fine.otp fine.otp
say completion
say completion tcsh
say lsp fine.otp
say doc --format pdf fine.otp
say graph --format png fine.otp
say ast --xml fine.otp
say -o fine.otp fine.otp
say -o nowhere fine.otp
say doc -o nowhere fine.otp
say graph -o nowhere/x.dot fine.otp
say check folder.otp
say fmt folder.otp
say fmt empty.otp
say check empty.otp
say --templates nowhere fine.otp
# A disk that is full, where standard output is all that is written.
for command in --help --version 'ast fine.otp' 'graph fine.otp' \
	'--list-outputs fine.otp' 'completion bash' 'fmt -'; do
	echo "otpc $command > /dev/full" >&2
	# shellcheck disable=SC2086
	"$OTPC" $command < fine.otp > /dev/full
	echo "exit status $?" >&2
done
exit 1
