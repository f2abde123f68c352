# SPDX-License-Identifier: Apache-2.0
# Reports for programs; tests/integration/diagnostics parses them.
mkdir 'a,b%c:d'
printf 'module m;\n\ngen_server S {\n    call get() -> strng; info exit;\n}\n/// \303\244 "lost" \\ one\n' \
	> 'a,b%c:d/m.otp'
"$OTPC" check --error-format=json 'a,b%c:d/m.otp' missing.otp
"$OTPC" check --error-format=github 'a,b%c:d/m.otp' missing.otp
"$OTPC" check --error-format=json -Werror -w 'a,b%c:d/m.otp'
"$OTPC" lint --error-format=github --error-format text 'a,b%c:d/m.otp'
status=$?
"$OTPC" check --error-format=xml 'a,b%c:d/m.otp' && status=3
exit $status
