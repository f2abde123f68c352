enum $c$_tag {
$for variants$
	$tag$,
$end$
};

$for doc$
$line$
$end$
struct $c$ {
	enum $c$_tag tag;
$if has_u$
	union {
$for variants$
$if has_fields$
$for doc$
		$line$
$end$
		struct {
$for fields$
$for doc$
			$line$
$end$
			$decl$;
$end$
		} $member$;
$end$
$end$
	} u;
$end$
};

$for variants$
$include defaults.h.tpl$

$for doc$
$line$
$end$
static inline struct $c$
$make$($if has_fields$$params$$else$void$end$)
{
	struct $c$ $my_value$;

	memset(&$my_value$, 0, sizeof($my_value$));
	$my_value$.tag = $tag$;
$for fields$
	$my_value$.u.$member$.$name$ = $star$$name$;
$end$
	return $my_value$;
}

$end$
$include value.h.tpl$
