/* --- application */

$for doc$
$line$
$end$
struct $module$_env {
$for env$
$for doc$
	$line$
$end$
	$decl$;
$end$
$if empty$
	char none; /* C wants a member */
$end$
};

extern const struct otp_app_class $module$_app_class;

$if depends$
/*
 * Start what it depends on and does not run yet, then itself, and wait until
 * its tree stands. env may be NULL: the defaults.
 */
$else$
/* Start it and wait until its tree stands. env may be NULL: the defaults. */
$end$
OTP_MUST_USE otp_err $module$_app_start(const struct $module$_env *env);
/* The same; the type says what follows when its tree ends by itself. */
OTP_MUST_USE otp_err $module$_app_start_as(const struct $module$_env *env, enum otp_app_type type);
/*
 * The same, and OTP_OK if it runs. `started` gets the applications that this
 * call has started, in order; see otp_app_ensure_all_started.
 */
OTP_MUST_USE otp_err $module$_app_ensure_all_started(const struct $module$_env *env, enum otp_app_type type, const struct otp_app_class **started, size_t *count);
/* As _app_start_as, but what it depends on must run: OTP_NOT_RUNNING. */
OTP_MUST_USE otp_err $module$_app_start_alone(const struct $module$_env *env, enum otp_app_type type);
$if depends$
/* Stop its tree and wait until it has; then what was started for it only. */
$else$
/* Stop its tree and wait until it has. */
$end$
OTP_MUST_USE otp_err $module$_app_stop(void);
/* What it runs with; lives until it is stopped. */
const struct $module$_env *$module$_env(void);
/* A whole main: options, start, signals, orderly stop. Gives the status. */
int $module$_app_main(int argc, char **argv);
$if has_hooks$

/* You write: */
$if has_prep_stop$
void $module$_app_handle_prep_stop(const struct $module$_env *env);
$end$
$if has_stop$
void $module$_app_handle_stop(const struct $module$_env *env);
$end$
$end$
