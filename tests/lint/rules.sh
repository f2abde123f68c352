#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every rule of tests/semantics/README.md that is to be kept has a test that
# names it, and every test names rules that are there.
set -u
if table=$(tests/semantics/table.sh --names); then
	echo 'ok rules'
else
	echo 'FAIL rules'
	grep -E ' not covered |is not in README|^README\.md: ' <<< "$table"
	exit 1
fi
