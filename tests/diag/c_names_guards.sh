# SPDX-License-Identifier: Apache-2.0
echo 'module FooBar;' > one.otp
echo 'module foo_bar;' > two.otp
"$OTPC" check one.otp two.otp
