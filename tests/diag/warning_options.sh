# SPDX-License-Identifier: Apache-2.0
# -W and -w: what is said by name counts more than what is said of all.
cat > w.otp << 'END'
module w;
gen_server S { info exit; }
gen_server t { }
/// Lost.
END
try() {
	echo "otpc $*" >&2
	"$OTPC" "$@" w.otp || echo "exit status $?" >&2
}
try check
try check -Wno-exit-without-trap
try check -w -Werror
try check -Werror -Wno-error=exit-without-trap
try check -Wno-error=exit-without-trap -Werror
try check -Werror -Wno-error
try check -Werror=lost-doc-comment
try check -Werror=name-style
try check -Werror=name-style -Wno-name-style
try check -Wno-lost-doc-comment -Wall
try check -Wall -Wno-all
try lint --werror -Wno-exit-without-trap -Wno-lost-doc-comment
try lint -Wno-name-style
try -Werror
try check -Wno-lost-doc-coment
try check -Werror=lostdoccomment
try check -Wal
try check -Wno-errro
try check -Wextra-warnings
try check -Werror=
try check -W ''
false
