/* --- $name$ */

$include fields.c.tpl$

$include tuple_codec.c.tpl$
