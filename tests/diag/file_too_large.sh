# SPDX-License-Identifier: Apache-2.0
truncate -s 65M large.otp
"$OTPC" check large.otp
