/* --- application */

static const struct $module$_env $module$_env_defaults = {
$for entries$
	.$name$ = $static_default$,
$end$
$if empty$
	.none = 0,
$end$
};

$if entries$
static const struct otp_env_key $module$_env_keys[] = {
$for entries$
	{
		.name = $key$,
$if doc_string$
		.doc = $doc_string$,
$end$
		.type = $env_type$,
		.offset = offsetof(struct $module$_env, $name$),
	},
$end$
};

$end$
$for root$
static otp_err
$module$_app_root(const void *environment, otp_pid *root)
{
$if uses_args$
	const struct $module$_env *env = environment;
$end$
	$target$_ref ref;
	otp_err err;

$if uses_args$
$else$
	(void)environment;
$end$
	err = $target$_start_link($start_args_then$NULL, &ref);
	if (err == OTP_OK)
		*root = ref.to.pid;
	return err;
}

$end$
const struct otp_app_class $module$_app_class = {
	.name = $app$,
	.version = $version$,
$if doc_string$
	.doc = $doc_string$,
$end$
	.env_size = sizeof(struct $module$_env),
	.env_defaults = &$module$_env_defaults,
$if entries$
	.env = $module$_env_keys,
	.env_count = $count$,
$end$
	.start = $module$_app_root,
};

otp_err
$module$_app_start(const struct $module$_env *env)
{
	return otp_app_start(&$module$_app_class, env);
}

otp_err
$module$_app_stop(void)
{
	return otp_app_stop(&$module$_app_class);
}

const struct $module$_env *
$module$_env(void)
{
	return otp_app_env(&$module$_app_class);
}

int
$module$_app_main(int argc, char **argv)
{
	return otp_app_main(&$module$_app_class, argc, argv);
}
