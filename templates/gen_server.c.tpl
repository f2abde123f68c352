/* --- gen_server $name$ */

$for defaults$
$if is_object$
const $object$ = $object_value$;
$end$
$end$

$for init$
$include args.c.tpl$
static otp_next
$msg$_thunk(void *state, struct otp_msg *m)
{
$if has_state_defaults$
	struct $server$ *self = state;
$end$
$if has_args$
	const struct $args_struct$ *args = otp_msg_payload(m);

$else$
$if has_state_defaults$

$end$
	(void)m;
$end$
$for record_defaults$
	self->$path$ = $macro$;
$end$
$for state$
$if has_default$
$if pointers$
	$keep_fn$(&self->$name$, $default$);
$else$
	self->$name$ = $default$;
$end$
$end$
$end$
	return $handler$(state$then_stored$);
}

$include message.c.tpl$

static otp_err
$server$_start_how(enum otp_start_how $my_how$$then_params$, const struct otp_start_opts *$my_opts$, $server$_ref *$my_server$, otp_ref *$my_monitor$)
{
	struct otp_msg *$my_m$ = NULL;
	otp_pid $my_pid$ = {0, 0, 0, 0};
	otp_err $my_err$ = $msg$_make(&$my_m$$then_args$);

	if ($my_err$ == OTP_OK)
		$my_err$ = otp_server_start(&$server$_class, $my_how$, $my_m$, $my_opts$, &$my_pid$, $my_monitor$);
	if ($my_err$ == OTP_OK || $my_err$ == OTP_ALREADY_STARTED)
		*$my_server$ = $server$_of($my_pid$);
	return $my_err$;
}

otp_err
$server$_start($params_then$const struct otp_start_opts *$my_opts$, $server$_ref *$my_server$)
{
	return $server$_start_how(OTP_START, $args_then$$my_opts$, $my_server$, NULL);
}

otp_err
$server$_start_link($params_then$const struct otp_start_opts *$my_opts$, $server$_ref *$my_server$)
{
	return $server$_start_how(OTP_START_LINK, $args_then$$my_opts$, $my_server$, NULL);
}

otp_err
$server$_start_monitor($params_then$const struct otp_start_opts *$my_opts$, $server$_ref *$my_server$, otp_ref *$my_monitor$)
{
	return $server$_start_how(OTP_START_MONITOR, $args_then$$my_opts$, $my_server$, $my_monitor$);
}

$end$
$for calls$
$include call.c.tpl$

$end$
$for casts$
/* --- cast $name$ */

$include defaults.c.tpl$

$include args.c.tpl$
$include handled.c.tpl$

$include message.c.tpl$

otp_err
$msg$($server$_ref $my_server$$then_params$)
{
	struct otp_msg *$my_m$ = NULL;
	otp_err $my_err$ = $msg$_make(&$my_m$$then_args$);

	if ($my_err$ == OTP_OK)
		$my_err$ = otp_msg_send($my_server$.to, $my_m$);
	return $my_err$;
}

$end$
$for infos$
/* --- info $name$ */

$include defaults.c.tpl$

$include args.c.tpl$
$include handled.c.tpl$

$include message.c.tpl$

otp_err
$send$($server$_ref $my_server$$then_params$)
{
	struct otp_msg *$my_m$ = NULL;
	otp_err $my_err$ = $msg$_make(&$my_m$$then_args$);

	if ($my_err$ == OTP_OK)
		$my_err$ = otp_msg_send($my_server$.to, $my_m$);
	return $my_err$;
}

otp_err
$send$_after($server$_ref $my_server$, otp_duration $my_ms$$then_params$)
{
	struct otp_msg *$my_m$ = NULL;
	otp_err $my_err$ = $msg$_make(&$my_m$$then_args$);

	if ($my_err$ == OTP_OK)
		$my_err$ = otp_msg_send_after($my_server$.to, $my_m$, $my_ms$, NULL);
	return $my_err$;
}

$end$
$for declared$
/* --- info $name$ */

$include handled.c.tpl$

$end$
$for continues$
/* --- continue $name$ */

$include defaults.c.tpl$

$include args.c.tpl$
$include handled.c.tpl$

$include message.c.tpl$

otp_next
$server$_with_continue_$name$(otp_next $my_next$$then_params$)
{
	struct otp_msg *$my_m$ = NULL;
	otp_err $my_err$ = $msg$_make(&$my_m$$then_args$);

	otp_require_ok($my_err$);
	return otp_with_continue($my_next$, $my_m$);
}

$end$
/* --- the table of $name$ */

$if has_timeout$
static otp_next
$c$_timeout_thunk(void *state)
{
	return $c$_handle_timeout(state);
}

$end$
$if has_exit$
static otp_next
$c$_exit_thunk(void *state, otp_pid from, otp_term reason)
{
	return $c$_handle_exit(state, from, reason);
}

$end$
$if has_down$
static otp_next
$c$_down_thunk(void *state, otp_ref reference, otp_to who, otp_term reason)
{
	return $c$_handle_down(state, reference, who, reason);
}

$end$
$if has_nodeup$
static otp_next
$c$_nodeup_thunk(void *state, otp_atom node)
{
	return $c$_handle_nodeup(state, node);
}

$end$
$if has_nodedown$
static otp_next
$c$_nodedown_thunk(void *state, otp_atom node)
{
	return $c$_handle_nodedown(state, node);
}

$end$
$if has_response$
static otp_next
$c$_response_thunk(void *state, otp_request response)
{
	return $c$_handle_response(state, response);
}

$end$
$if has_timer$
static otp_next
$c$_timer_thunk(void *state, otp_ref timer)
{
	return $c$_handle_timer(state, timer);
}

$end$
$if has_other$
static otp_next
$c$_other_thunk(void *state, otp_term message)
{
	return $c$_handle_other(state, message);
}

$end$
$if has_terminate$
static void
$c$_terminate_thunk(void *state, otp_term reason)
{
	$c$_terminate(state, reason);
}

$end$
$if has_format_status$
static otp_term
$c$_format_status_thunk(const void *state, enum otp_status_part part, otp_term term)
{
	return $c$_format_status(state, part, term);
}

$end$
$if opaque$
$else$
$for state_shape$
$include shape.c.tpl$

$end$
$if state$
$include sys.c.tpl$
$end$
$end$
void
$c$_enter_loop(const struct $c$ *self, otp_next next)
{
$if opaque$
	otp_server_enter_loop(&$c$_class, self, $c$_state_size, next);
$else$
	otp_server_enter_loop(&$c$_class, self, sizeof(*self), next);
$end$
}

$if messages$
static const struct otp_msg_type *const $c$_messages[] = {
$for messages$
	&$msg$_type,
$end$
};

$end$
$if declared$
static const struct otp_info_handler $c$_infos[] = {
$for declared$
	{&$message$_type, $msg$_thunk},
$end$
};

$end$
$if state_pointers$
static const struct otp_state_pointer $c$_pointers[] = {
$for state_pointers$
	{
		.field = "$label$",
		.offset = offsetof(struct $c$, $path$),
$if tag$
		.tag_offset = offsetof(struct $c$, $tag_path$),
		.tag = $tag$,
		.has_tag = true,
$end$
	},
$end$
};

$end$
const struct otp_server_class $c$_class = {
	.process.behaviour = &otp_gen_server,
	.process.name = "$c$",
$if has_stack$
	.process.stack = $stack$,
$end$
$if has_mailbox$
	.process.mailbox = $mailbox$,
	.process.policy = $policy$,
$end$
$if has_priority$
	.process.priority = $priority$,
$end$
$if blocking$
	.process.blocking = true,
$end$
$if has_max_heap$
	.process.max_heap = $max_heap$,
$end$
	.owner = "$c$",
$if opaque$
	.state_size_of = &$c$_state_size,
$else$
	.state_size = sizeof(struct $c$),
$end$
$if trap_exit$
	.trap_exit = true,
$end$
$for init$
	.init = $msg$_thunk,
$end$
$if messages$
	.messages = $c$_messages,
	.message_count = $message_count$,
$end$
$if declared$
	.infos = $c$_infos,
	.info_count = $declared_count$,
$end$
$if has_timeout$
	.timeout = $c$_timeout_thunk,
$end$
$if has_exit$
	.exit = $c$_exit_thunk,
$end$
$if has_down$
	.down = $c$_down_thunk,
$end$
$if has_nodeup$
	.nodeup = $c$_nodeup_thunk,
$end$
$if has_nodedown$
	.nodedown = $c$_nodedown_thunk,
$end$
$if has_response$
	.response = $c$_response_thunk,
$end$
$if has_timer$
	.timer = $c$_timer_thunk,
$end$
$if has_other$
	.other = $c$_other_thunk,
$end$
$if has_terminate$
	.terminate = $c$_terminate_thunk,
$end$
$if state_pointers$
	.pointers = $c$_pointers,
	.pointer_count = $pointer_count$,
$end$
$if opaque$
$else$
	.state = &$c$_self_type,
$if state$
	.set_state = $c$_set_state_thunk,
$end$
$end$
$if has_format_status$
	.format_status = $c$_format_status_thunk,
$end$
};
