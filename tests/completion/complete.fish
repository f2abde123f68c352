# SPDX-License-Identifier: Apache-2.0
# fish complete.fish SCRIPT LINE: what is offered at the end of the line.
source $argv[1]
complete -C $argv[2] | string split -f 1 \t
true # string fails where there was nothing to split
