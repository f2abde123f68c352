# SPDX-License-Identifier: Apache-2.0
# bash complete.bash SCRIPT LINE: what is offered at the end of the line, as
# readline asks for it.
# shellcheck disable=SC1090,SC2034
source "$1"
line=$2
# Words as bash splits them for completion: `=` is one of its own.
read -ra words <<< "${line//=/ = }"
if [[ $line == *[\ =] ]]; then
	words+=('')
fi
COMP_WORDS=("${words[@]}")
COMP_CWORD=$((${#words[@]} - 1))
COMP_LINE=$line
COMP_POINT=${#line}
function=$(complete -p otpc | sed 's/.*-F \([^ ]*\) .*/\1/')
"$function" otpc "${words[COMP_CWORD]}" "${words[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
