# SPDX-License-Identifier: Apache-2.0
echo 'module fine; gen_server Till { }' > fine.otp
"$OTPC" --skeleton fine.otp
echo mine > fine.c
rm fine.otp.h
"$OTPC" -Werror --skeleton fine.otp
status=$?
[ "$(cat fine.c)" = mine ] || echo "the file was touched" >&2
[ -e fine.otp.h ] || echo "the others were not written" >&2
exit $status
