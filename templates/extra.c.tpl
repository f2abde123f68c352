$for rest$
$include args.c.tpl$
$include message.c.tpl$

$end$
static otp_err
$child$_make(const void *arguments, const void *rest, struct otp_msg **init)
{
$if uses_args$
	const struct $c$_args *args = arguments;
$end$
$if rest$
	const struct $child$_rest_args *more = rest;
$end$
$for locals$
	$decl$;
$end$

$if uses_args$
$else$
	(void)arguments;
$end$
$if rest$
$else$
	(void)rest;
$end$
$for locals$
$for parts$
	$to$ = $from$;
$end$
$end$
	return $target$_init_make(init$then_start_args$$then_more$);
}

