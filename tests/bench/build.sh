#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds benchmark programs as a user's release build would: of FOLDER/NAME.c,
# and FOLDER/NAME.otp if it is there, becomes OUT/NAME.
#   build.sh OUT FOLDER/NAME.c...
set -eu
out=$1
shift
mkdir -p "$out"
read -ra flags <<< "-std=gnu11 -O2 -g -DNDEBUG -Wall -Wextra $OTP_CFLAGS"
read -ra libs <<< "$OTP_LIBS"
for source; do
	folder=$(dirname "$source") name=$(basename "$source" .c)
	files=("$source")
	if [ -e "$folder/$name.otp" ]; then
		"$OTPC" -o "$out" "$folder/$name.otp"
		files+=("$out/$name.otp.c")
	fi
	"$CC" "${flags[@]}" -I"$out" -I"$(dirname "$0")/core" -I"$folder" \
		-o "$out/$name" "${files[@]}" "${libs[@]}"
done
