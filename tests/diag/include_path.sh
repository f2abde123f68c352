# SPDX-License-Identifier: Apache-2.0
mkdir -p a/b c
echo 'module fine; import "beside.otp"; import "far.otp";' > a/b/fine.otp
echo 'module beside;' > a/b/beside.otp
echo 'module far; record R { x : Missing; }' > c/far.otp
"$OTPC" check a/b/fine.otp || "$OTPC" check -I a -I c a/b/fine.otp
