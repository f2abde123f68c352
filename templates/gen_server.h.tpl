/* --- gen_server $name$ */

$for doc$
$line$
$end$
$if opaque$
struct $c$; /* yours; OTP_STATE($c$); beside it gives its size */
$else$
struct $c$ {
$for state$
$for doc$
	$line$
$end$
	$kept_decl$;
$end$
$if empty$
	char none; /* C wants a member */
$end$
};
$end$

extern const struct otp_server_class $c$_class;

$for defaults$
$if is_object$
extern const $object$;
$end$
#define $macro$ $default$
$end$

$for init$
/*
 * Start it and wait until its init is through. opts may be NULL. With
 * OTP_ALREADY_STARTED the handle is of the one that has the name.
 */
OTP_MUST_USE otp_err $c$_start($params_then$const struct otp_start_opts *$my_opts$, $c$_ref *$my_server$);
OTP_MUST_USE otp_err $c$_start_link($params_then$const struct otp_start_opts *$my_opts$, $c$_ref *$my_server$);
OTP_MUST_USE otp_err $c$_start_monitor($params_then$const struct otp_start_opts *$my_opts$, $c$_ref *$my_server$, otp_ref *$my_monitor$);
/* For generated code: its arguments, to hand to a supervisor. */
OTP_MUST_USE otp_err $msg$_make(struct otp_msg **$my_m$$then_params$);
$end$

/*
 * The calling process, of otp_spawn, becomes one with that state, as if its
 * init had just returned `next`. Copies; never returns.
 */
OTP_NORETURN void $c$_enter_loop(const struct $c$ *self, otp_next next);
$if opaque$
$else$
$if state$
/*
 * Its state, for debugging and upgrades (see otp/sys.h); what that points to is
 * lent. `change` is given the old one and changes it: of a field that is kept
 * its `v`. Unless it returns OTP_OK the old one stays.
 */
OTP_MUST_USE otp_err $c$_sys_get_state($c$_ref server, otp_duration timeout_ms, struct $c$ *state);
OTP_MUST_USE otp_err $c$_sys_replace_state($c$_ref server, otp_duration timeout_ms, otp_err (*change)(struct $c$ *state, void *arg), void *arg);
$end$
$end$

$for calls$
$include call.h.tpl$

$end$
$for casts$
$include defaults.h.tpl$
$for doc$
$line$
$end$
otp_err $msg$($server$_ref $my_server$$then_params$);

$end$
$for infos$
$include defaults.h.tpl$
$for doc$
$line$
$end$
otp_err $send$($server$_ref $my_server$$then_params$);
otp_err $send$_after($server$_ref $my_server$, otp_duration $my_ms$$then_params$);

$end$
$for continues$
$include defaults.h.tpl$
otp_next $server$_with_continue_$name$(otp_next $my_next$$then_params$);

$end$
/* You write: */
$for init$
otp_next $handler$(struct $server$ *$my_self$$then_params$);
$end$
$for calls$
$if deferred$
otp_next $handler$(struct $server$ *$my_self$$then_params$, $msg$_from $my_from$);
$else$
otp_next $handler$(struct $server$ *$my_self$$then_params$$then_outs$);
$end$
$end$
$for casts$
otp_next $handler$(struct $server$ *$my_self$$then_params$);
$end$
$for infos$
otp_next $handler$(struct $server$ *$my_self$$then_params$);
$end$
$for declared$
otp_next $handler$(struct $server$ *$my_self$$then_params$);
$end$
$if has_timeout$
otp_next $c$_handle_timeout(struct $c$ *self);
$end$
$if has_exit$
otp_next $c$_handle_exit(struct $c$ *self, otp_pid from, otp_term reason);
$end$
$if has_down$
otp_next $c$_handle_down(struct $c$ *self, otp_ref reference, otp_to who, otp_term reason);
$end$
$if has_nodeup$
otp_next $c$_handle_nodeup(struct $c$ *self, otp_atom node);
$end$
$if has_nodedown$
otp_next $c$_handle_nodedown(struct $c$ *self, otp_atom node);
$end$
$if has_response$
otp_next $c$_handle_response(struct $c$ *self, otp_request response);
$end$
$if has_timer$
otp_next $c$_handle_timer(struct $c$ *self, otp_ref timer);
$end$
$if has_other$
otp_next $c$_handle_other(struct $c$ *self, otp_term message);
$end$
$for continues$
otp_next $handler$(struct $server$ *$my_self$$then_params$);
$end$
$if has_terminate$
void $c$_terminate(struct $c$ *self, otp_term reason);
$end$
$if has_format_status$
otp_term $c$_format_status(const struct $c$ *self, enum otp_status_part part, otp_term term);
$end$
$if opaque$
extern const size_t $c$_state_size;
$end$
