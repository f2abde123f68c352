# SPDX-License-Identifier: Apache-2.0
# A comment that allows what is not there; only what was looked for is known.
cat > allowed.otp << 'END'
module allowed;
// otpc: allow exit-without-trap, name-style
gen_server S { info exit; }
gen_server T { } // otpc: allow missing-doc
// otpc: allow unhandled-message
message m();
END
"$OTPC" lint allowed.otp && "$OTPC" check allowed.otp &&
	echo "with all" >&2 && "$OTPC" lint -Wmissing-doc allowed.otp &&
	echo "without this one" >&2 && "$OTPC" lint -Wno-unused-allow allowed.otp
