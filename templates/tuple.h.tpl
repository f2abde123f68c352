/* $name$ */
struct $c$ {
$for fields$
	$decl$;
$end$
};

$include value.h.tpl$
