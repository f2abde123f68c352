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

/* Start it and wait until its tree stands. env may be NULL: the defaults. */
OTP_MUST_USE otp_err $module$_app_start(const struct $module$_env *env);
/* Stop its tree and wait until it has. */
OTP_MUST_USE otp_err $module$_app_stop(void);
/* What it runs with; lives until it is stopped. */
const struct $module$_env *$module$_env(void);
/* A whole main: options, start, signals, orderly stop. Gives the status. */
int $module$_app_main(int argc, char **argv);
