# SPDX-License-Identifier: Apache-2.0
echo 'module fine;' > fine.otp
mkdir fine.otp.h
"$OTPC" -o missing fine.otp
"$OTPC" fine.otp
status=$?
ls *.tmp 2> ls.err
exit $status
