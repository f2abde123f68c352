/* --- supervisor $decl_name$ */

$for init$
$include defaults.c.tpl$
$include args.c.tpl$
$include message.c.tpl$

$if has_init$
static otp_next
$c$_init_thunk(const void *arguments)
{
$if has_args$
	const struct $c$_args *args = arguments;

	return $c$_init($stored$);
$else$
	(void)arguments;
	return $c$_init();
$end$
}

$end$
static otp_err
$c$_start_how(enum otp_start_how $my_how$$then_params$, const struct otp_start_opts *$my_opts$, $c$_ref *$my_supervisor$)
{
	struct otp_msg *$my_m$ = NULL;
	otp_pid $my_pid$ = {0, 0, 0, 0};
	otp_err $my_err$ = $msg$_make(&$my_m$$then_args$);

	if ($my_err$ == OTP_OK)
		$my_err$ = otp_supervisor_start(&$c$_class, $my_how$, $my_m$, $my_opts$, &$my_pid$, NULL);
	if ($my_err$ == OTP_OK || $my_err$ == OTP_ALREADY_STARTED)
		*$my_supervisor$ = $c$_of($my_pid$);
	return $my_err$;
}

otp_err
$c$_start($params_then$const struct otp_start_opts *$my_opts$, $c$_ref *$my_supervisor$)
{
	return $c$_start_how(OTP_START, $args_then$$my_opts$, $my_supervisor$);
}

otp_err
$c$_start_link($params_then$const struct otp_start_opts *$my_opts$, $c$_ref *$my_supervisor$)
{
	return $c$_start_how(OTP_START_LINK, $args_then$$my_opts$, $my_supervisor$);
}

$end$
$for static_children$
static otp_err
$start_fn$(const void *arguments, $if partition$uint32_t index, $end$const struct otp_start_opts *opts, otp_pid *pid)
{
$if uses_args$
	const struct $c$_args *args = arguments;
$end$
$for locals$
	$decl$;
$end$
	$target$_ref child;
	otp_err err;

$if uses_args$
$else$
	(void)arguments;
$end$
$if partition$
$if uses_index$
$else$
	(void)index;
$end$
$end$
$for locals$
$for parts$
	$to$ = $from$;
$end$
$end$
	err = $target$_start_link($start_args_then$opts, &child);
	if (err == OTP_OK || err == OTP_ALREADY_STARTED)
		*pid = child.to.pid;
	return err;
}

$end$
$for dynamic_children$
$if has_extra$
$include extra.c.tpl$
$end$
$end$
$if simple$
$else$
$for dynamic_children$
static const struct otp_child_class $child$_template[] = {
	{
		.id = $id$,
$include child.c.tpl$
	},
};

static const struct otp_supervisor_class $child$_class = {
	.process.behaviour = &otp_supervisor,
	.process.name = "$child$",
	.strategy = OTP_SIMPLE_ONE_FOR_ONE,
	.intensity = $intensity$,
	.period_ms = $period$,
	.children = $child$_template,
	.child_count = 1,
$if of_supervisor$
	.supervisor = &$target$_class,
$else$
	.server = &$target$_class,
$end$
$if max_children$
	.max_children = $max_children$,
$end$
};

$end$
$end$
$if pool$
$else$
$for pools$
static const struct otp_supervisor_class $child$_class = {
	.process.behaviour = &otp_supervisor,
	.process.name = "$child$",
	.strategy = OTP_DYNAMIC,
	.intensity = $intensity$,
	.period_ms = $period$,
$if max_children$
	.max_children = $max_children$,
$end$
};

$end$
$end$
$for pools$
otp_err
$start_fn$($c$_ref supervisor, const struct otp_child_spec *spec, struct otp_msg *init, otp_pid *pid)
{
	return otp_supervisor_add_child_to(supervisor.to, $start_id$, spec, init, pid);
}

$end$
$if partitioned$
$else$
$for partitions$
static const struct otp_child_class $child$_template[] = {
	{
		.id = $id$,
$include child.c.tpl$
		.process = &$target$_class.process,
		.start_at = $start_fn$,
	},
};

static const struct otp_supervisor_class $child$_class = {
	.process.behaviour = &otp_supervisor,
	.process.name = "$child$",
	.strategy = OTP_ONE_FOR_ONE,
	.intensity = $intensity$,
	.period_ms = $period$,
	.children = $child$_template,
	.child_count = 1,
	.partitions = $partitions$,
};

$end$
$end$
$for dynamic_children$
otp_err
$start_fn$($c$_ref $my_supervisor$$then_params$, $target$_ref *$my_child$)
{
$if no_block$
	otp_pid $my_pid$ = {0, 0, 0, 0};
	otp_err $my_err$ = otp_supervisor_start_child($my_supervisor$.to, $start_id$, NULL, &$my_pid$);

$else$
	struct otp_msg *$my_m$ = NULL;
	otp_pid $my_pid$ = {0, 0, 0, 0};
$if has_extra$
	otp_err $my_err$ = $child$_rest_make(&$my_m$$then_args$);
$else$
	otp_err $my_err$ = $target$_init_make(&$my_m$$then_args$);
$end$

	if ($my_err$ == OTP_OK)
		$my_err$ = otp_supervisor_start_child($my_supervisor$.to, $start_id$, $my_m$, &$my_pid$);
$end$
	if ($my_err$ == OTP_OK || $my_err$ == OTP_ALREADY_STARTED)
		*$my_child$ = $target$_of($my_pid$);
	return $my_err$;
}

$end$
$if children$
static const struct otp_child_class $c$_children[] = {
$for children$
	{
		.id = $id$,
$if simple$
$include child.c.tpl$
$else$
$if dynamic$
		.type = OTP_SUPERVISOR,
		.restart = OTP_PERMANENT,
		.shutdown_ms = OTP_INFINITY,
		.dynamic = &$child$_class,
		.process = &$child$_class.process,
$else$
$if stand_in$
		.type = OTP_SUPERVISOR,
		.restart = OTP_PERMANENT,
		.shutdown_ms = OTP_INFINITY,
		.partition = &$child$_class,
		.process = &$child$_class.process,
$else$
$include child.c.tpl$
		.process = &$target$_class.process,
$if partition$
		.start_at = $start_fn$,
$else$
		.start = $start_fn$,
$end$
$end$
$end$
$end$
	},
$end$
};

$end$
const struct otp_supervisor_class $c$_class = {
	.process.behaviour = &otp_supervisor,
	.process.name = "$c$",
$if simple$
	.strategy = OTP_SIMPLE_ONE_FOR_ONE,
$else$
$if pool$
	.strategy = OTP_DYNAMIC,
$else$
	.strategy = $strategy$,
$end$
$end$
	.intensity = $intensity$,
	.period_ms = $period$,
$if children$
	.children = $c$_children,
	.child_count = $child_count$,
$end$
$if partitioned$
$for partitions$
	.partitions = $partitions$,
$end$
$end$
$if auto_shutdown$
	.auto_shutdown = $auto_shutdown$,
$end$
$if has_init$
	.init = $c$_init_thunk,
$end$
$if pool$
$for pools$
$if max_children$
	.max_children = $max_children$,
$end$
$end$
$end$
$for template$
$if of_supervisor$
	.supervisor = &$target$_class,
$else$
	.server = &$target$_class,
$end$
$if max_children$
	.max_children = $max_children$,
$end$
$end$
};
