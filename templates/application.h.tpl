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
