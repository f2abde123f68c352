/* --- application */

static const struct $module$_env $module$_env_defaults = {
$for entries$
	.$name$ = $static_default$,
$end$
$if empty$
	.none = 0,
$end$
};

$for entries$
$if words$
static const char *const $module$_env_$name$_words[] = {
$for words$
	$word$,
$end$
};

$end$
$end$
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
$if optional$
		.optional = true,
$end$
$if words$
		.members = $module$_env_$name$_words,
		.member_count = $word_count$,
$end$
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
$if depends$
static const struct otp_app_class *const $module$_app_depends[] = {
$for depends$
	&$needs$_app_class,
$end$
};

$end$
$if has_prep_stop$
static void
$module$_app_prep_stop_thunk(const void *env)
{
	$module$_app_handle_prep_stop(env);
}

$end$
$if has_stop$
static void
$module$_app_stop_thunk(const void *env)
{
	$module$_app_handle_stop(env);
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
$if depends$
	.depends = $module$_app_depends,
	.depend_count = $depend_count$,
$end$
$if has_prep_stop$
	.prep_stop = $module$_app_prep_stop_thunk,
$end$
$if has_stop$
	.stop = $module$_app_stop_thunk,
$end$
};

otp_err
$module$_app_start(const struct $module$_env *env)
{
	return otp_app_start(&$module$_app_class, env);
}

otp_err
$module$_app_start_as(const struct $module$_env *env, enum otp_app_type type)
{
	return otp_app_start_as(&$module$_app_class, env, type);
}

otp_err
$module$_app_ensure_all_started(const struct $module$_env *env, enum otp_app_type type, const struct otp_app_class **started, size_t *count)
{
	return otp_app_ensure_all_started(&$module$_app_class, env, type, started, count);
}

otp_err
$module$_app_start_alone(const struct $module$_env *env, enum otp_app_type type)
{
	return otp_app_start_alone(&$module$_app_class, env, type);
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
