/* --- record $name$ */

$include defaults.c.tpl$

$include fields.c.tpl$

$include record_codec.c.tpl$

$include helpers.c.tpl$
