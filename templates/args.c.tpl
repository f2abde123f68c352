$if has_args$
struct $args_struct$ {
$for fields$
	$decl$;
$end$
};

$end$
