#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Names that no project can have; nothing is written.
for name in my-app 'two words' 9lives ../up '' naïve otp_thing; do
	"$OTPC" new "$name"
	[ $? -eq 1 ] || echo "that was status $?" >&2
done
[ -z "$(ls -A)" ] || echo 'something was written' >&2
exit 1
