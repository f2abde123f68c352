# SPDX-License-Identifier: Apache-2.0
# A write that fails leaves the folder as it was: targets that are folders are
# refused before anything is renamed; when a rename fails later (here since two
# outputs are one file), what is new goes and what was there comes back.
cat > fine.otp <<'END'
module fine;
END
mkdir -p out/fine.otp.c both/fine.otp.h both/fine.otp.c late old
"$OTPC" -o out fine.otp
"$OTPC" -o both fine.otp
"$OTPC" -o late --depfile late/fine.otp.c fine.otp
echo mine > old/fine.otp.h
echo mine too > old/fine.otp.c
"$OTPC" -o old --depfile old/fine.otp.c fine.otp
status=$?
ls -A out both late old >&2
cat old/fine.otp.h old/fine.otp.c >&2
"$OTPC" -o old fine.otp || exit 2
ls -A old >&2
grep -c mine old/fine.otp.h old/fine.otp.c >&2
exit $status
