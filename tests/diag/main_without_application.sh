# SPDX-License-Identifier: Apache-2.0
echo 'module fine;' > fine.otp
"$OTPC" --main fine.otp
