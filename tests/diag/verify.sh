# SPDX-License-Identifier: Apache-2.0
# --verify writes nothing and says what is not up to date.
cat > v.otp << 'END'
module v;
gen_server S { call get() -> int64; }
supervisor Top { child s = S; }
application v { root Top; }
END
mkdir out
try() {
	echo "otpc $*" >&2
	"$OTPC" --verify -o out "$@" v.otp && echo "up to date" >&2
}
try
ls out >&2
"$OTPC" -o out --main --skeleton -MD v.otp
try
try --main --skeleton -MD
try --depfile deps
echo '/* mine */' >> out/v.c
rm out/v.otp.d
echo '/* one more line */' >> out/v.otp.c
sed -i '5s/^/ /' out/v.otp.h
mkdir deps
try --main --skeleton -MD
try --depfile deps
echo '// a comment' >> v.otp
"$OTPC" -o out v.otp
try
: > out/v.otp.h
try
