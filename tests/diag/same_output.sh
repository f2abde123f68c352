# SPDX-License-Identifier: Apache-2.0
mkdir a b
echo 'module fine;' > a/fine.otp
echo 'module fine;' > b/fine.otp
"$OTPC" check a/fine.otp b/fine.otp a/../a/fine.otp
