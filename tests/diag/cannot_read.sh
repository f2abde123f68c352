# SPDX-License-Identifier: Apache-2.0
mkdir folder
echo 'module fine;' > fine.otp
"$OTPC" check missing.otp folder fine.otp
