#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What editors, CI services and make read: reports as JSON and as workflow
# commands, names of outputs, depfiles.
set -u
here=$(cd "$(dirname "$0")" && pwd)
specs=$here/../../diag
cd "$WORK" || exit 1
verdict() { # NAME STATUS
	if [ "$2" -eq 0 ]; then
		echo "ok $1"
	else
		echo "FAIL $1: see above"
	fi
}
# shellcheck disable=SC2086
$CC -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wconversion -Wshadow \
	-Werror $CFLAGS -o json_lines "$here/json_lines.c" -ljansson || {
	echo "FAIL build the reader of JSON"
	exit 1
}

# --- the same reports in each format, for all that tests/diag finds wrong

# Text without source lines, carets and fix-its. A run shows 20 errors.
heads() { # FILE
	grep -E '^([^ ].*:[0-9]+:[0-9]+|otpc): (error|warning|note): ' "$1"
}
undo() { # what the other formats do to bytes, in the text of a command
	sed 's/%0A/\n/g; s/%0D/\r/g; s/%3A/:/g; s/%2C/,/g; s/%25/%/g'
}
# A note about the place of its report has none of its own in a command.
from_github() {
	sed -E 's/^::(error|warning|notice) file=([^,]*),line=([0-9]+),col=([0-9]+)::/\2:\3:\4: \1: /
		s/^::(error|warning|notice)::/otpc: \1: /' | undo
}
plain_notes() { sed -E 's/^.*: (note: )/\1/'; }
same=0
n=0
cd "$specs" || exit 1
for spec in *.otp; do
	said=$WORK/said
	"$OTPC" lint "$spec" 2> "$said.text"
	status=$?
	grep -q 'more errors* not shown' "$said.text" && continue
	n=$((n + 1))
	"$OTPC" lint --error-format=json "$spec" 2> "$said.json"
	if [ $? -ne $status ]; then
		echo "$spec: another exit status with json"
		same=1
	fi
	"$WORK/json_lines" < "$said.json" > "$said.lines" || same=1
	grep -v '^fix ' "$said.lines" | diff <(heads "$said.text") - || same=1
	"$OTPC" lint --error-format=github "$spec" 2> "$said.github"
	if [ $? -ne $status ]; then
		echo "$spec: another exit status with github"
		same=1
	fi
	from_github < "$said.github" | plain_notes |
		diff <(heads "$said.text" | plain_notes) - || same=1
done
cd "$WORK" || exit 1
[ $n -gt 50 ]
verdict "there are specs to compare" $?
verdict "json and github say what text says" $same

"$OTPC" check --error-format=json "$specs/many_errors.otp" 2> many
[ "$(./json_lines < many | grep -c ': error: ')" -gt 20 ]
verdict "json shows all errors" $?

# --- places and fix-its

printf 'module p;\nimport "q.otp"; record R { \303\244\303\266 : strng; }\nrecord S { x : strng; }\n' > p.otp
echo 'module q;' > q.otp
"$OTPC" check --error-format=json p.otp 2> said
./json_lines < said > lines
diff lines - << 'END'
p.otp:2:28: error: unexpected character `äö`
p.otp:2:28: note: names are made of ASCII letters, digits and `_`
p.otp:2:33: error: unknown type `strng`
p.otp:2:33: note: did you mean `string`?
fix 2:33-2:38 string
p.otp:3:16: error: unknown type `strng`
p.otp:3:16: note: did you mean `string`?
fix 3:16-3:21 string
END
verdict "columns count characters" $?
printf 'module p;\nimport "q.otp"; import\t"q.otp";\nrecord s { x : int8; }\n' > p.otp
"$OTPC" lint --error-format=json p.otp 2> said
./json_lines < said | grep '^fix' > lines
diff lines - << 'END'
fix 2:1-2:16 
fix 3:8-3:9 S
END
verdict "a fix-it may take something out" $?
mkdir "$(printf 'a\377\n"b')"
cp q.otp "$(printf 'a\377\n"b/q"\t\\.otp')"
echo 'record X { x : y; }' >> "$(printf 'a\377\n"b/q"\t\\.otp')"
"$OTPC" check --error-format=json "$(printf 'a\377\n"b/q"\t\\.otp')" 2> said
[ "$(wc -l < said)" -eq 1 ] && ./json_lines < said > lines &&
	diff lines <(printf 'a\357\277\275\n"b/q"\t\\.otp:2:16: error: unknown type `y`\n')
verdict "any path is a string" $?
"$OTPC" check --error-format=github "$(printf 'a\377\n"b/q"\t\\.otp')" 2> said
[ "$(wc -l < said)" -eq 1 ]
verdict "and one line of a workflow" $?

# --- all outputs are listed

cat > bank.otp << 'END'
module bank;
import "q.otp"; // otpc: allow unused-import
gen_server S { call get() -> int64; }
supervisor Top { child s = S; }
application bank { root Top; }
END
mkdir out other
for options in '' '--main' '--skeleton' '-MD' '--main --skeleton -MD -MP' \
	'--depfile out/deps' '--main -MF out/deps -MT x -MQ y'; do
	rm -f out/*
	# shellcheck disable=SC2086
	"$OTPC" $options --list-outputs -o out bank.otp q.otp 2>&1 | sort > list
	# shellcheck disable=SC2086
	[ -z "$(ls out)" ] && "$OTPC" $options -o out bank.otp q.otp 2>&1 &&
		find out -type f | sort | diff list - &&
		"$OTPC" $options --verify -o out bank.otp q.otp 2>&1
	verdict "all outputs are listed: ${options:-no options}" $?
done
"$OTPC" --list-outputs -o not/there bank.otp > list && [ "$(wc -l < list)" -eq 2 ]
verdict "the folder need not be there to list what would be in it" $?

# --- a depfile does what it is for

# All that make and names of files can make of each other.
name='b $x#y:z%w\v'
cp bank.otp "$name.otp"
sed -i 's/module bank/module odd/; s/application bank/application odd/; s/q\.otp/q #.otp/' \
	"$name.otp"
cp q.otp 'q #.otp'
rm -f other/*
query() { # what make thinks that the outputs depend on
	make -pq -f <(cat other/*.d) 2> /dev/null | grep -F 'v.otp.c:'
}
"$OTPC" -MD -MP -o other "$name.otp"
verdict "a name of all sorts compiles" $?
query | grep -qF 'q #.otp'
verdict "its depfile names the import" $?
cat > ask << 'END'
.SUFFIXES:
MAKEFLAGS += -rR
END
cat other/*.d >> ask
printf 'all: other/b\\ $$x\\#y\\:z%%w\\v.otp.c\n' >> ask
printf 'other/b\\ $$x\\#y\\:z\\%%w\\v.otp.c:\n\techo made\n' >> ask
touch -d '2 hours ago' "$name.otp" 'q #.otp'
make -rR -q -f ask all
verdict "nothing changed, nothing to do" $?
touch -d '1 hour ago' other/*
touch 'q #.otp'
make -rR -q -f ask all
[ $? -eq 1 ]
verdict "an import changed" $?
mv 'q #.otp' gone
make -rR -n -f ask all > /dev/null
verdict "an import is gone" $?
mv gone 'q #.otp'
"$OTPC" --depfile deps -MT 'as $(is)' -MQ 'quo $(ted)' -MTjoined -o other \
	"$name.otp" && head -n 1 deps | diff - <(printf '%s \\\n' \
	'as $(is) quo\ $$(ted) joined:')
verdict "-MT as it is, -MQ quoted" $?
exit 0
