# SPDX-License-Identifier: Apache-2.0
printf 'module fine;\n/// Nothing.\n' > fine.otp
"$OTPC" check fine.otp && "$OTPC" check -Werror fine.otp
