# SPDX-License-Identifier: Apache-2.0
mkdir d1 d2
echo 'module one; enum E { a }' > d1/imp.otp
echo 'module two; enum E { a }' > d2/imp.otp
printf 'import "d1/imp.otp";\nimport "d2/imp.otp";\n' |
	sed '1i module user;' > user.otp
"$OTPC" check user.otp
