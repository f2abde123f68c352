# SPDX-License-Identifier: Apache-2.0
echo 'module fine;' > fine.otp
mkdir name if include else open
printf 'one\n\n$nobody$\n' > name/module.h.tpl
printf '$if module$\n' > if/module.h.tpl
printf '$include nothing.tpl$\n' > include/module.h.tpl
printf 'x\n$else$\n' > else/module.h.tpl
printf 'a $ b\n' > open/module.h.tpl
for folder in missing name if include else; do
	"$OTPC" --templates $folder fine.otp && echo "$folder passes" >&2
done
"$OTPC" --templates open fine.otp
status=$?
ls fine.otp.* 2> ls.err
exit $status
