# SPDX-License-Identifier: Apache-2.0
text=$(printf '%04095d' 0)
printf 'module long;\nconst fine = "%s";\nconst a = "%s1";\n' \
	"$text" "$text" > long.otp
"$OTPC" check long.otp 2>&1 | sed 's/0000*/0/; s/~~~~*/~/' >&2
exit "${PIPESTATUS[0]}"
