$for doc$
$line$
$end$
struct $c$ {
$for fields$
$for doc$
	$line$
$end$
	$decl$;
$end$
$if empty$
	char none; /* C wants a member */
$end$
};

$include defaults.h.tpl$

$include value.h.tpl$
