# SPDX-License-Identifier: Apache-2.0
# zsh -f complete.zsh SCRIPT LINE: what is offered at the end of the line. zsh
# completes in its line editor only, so one runs on a terminal of its own, where
# Tab writes what it adds to a file, then END.
zmodload zsh/zpty zsh/zselect
offers=$(mktemp)
trap 'rm -f $offers; zpty -d shell' EXIT
zpty shell zsh -f -i
zpty -w shell "PS1= PS2= offers=${(q)offers} LISTMAX=10000
autoload -Uz compinit && compinit -D -u
source ${(q)1}
compadd () {
	local -a hits
	if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then
		builtin compadd \"\$@\"
		return
	fi
	builtin compadd -A hits \"\$@\"
	print -rl -- \$hits >> \$offers
	builtin compadd \"\$@\"
}
completed () { print END >> \$offers }
zle -C offer list-choices offer
offer () { comppostfuncs=(completed); _main_complete }
bindkey '^I' offer
print READY >> \$offers"

wait_for() { # WORD
	integer n=0
	while ! grep -qx $1 $offers; do
		if (( ++n > 500 )); then
			print -u2 "no $1 within 10 seconds"
			exit 1
		fi
		zpty -rt shell > /dev/null
		zselect -t 2
	done
}
wait_for READY
zpty -w -n shell "$2"$'\t'
wait_for END
grep -vx -e READY -e END -e '' $offers | sort -u
