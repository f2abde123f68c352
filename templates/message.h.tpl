/* --- message $name$ */

$include defaults.h.tpl$

$for doc$
$line$
$end$
$if has_args$
struct $args_struct$ {
$for fields$
	$decl$;
$end$
};

$end$
extern const struct otp_msg_type $msg$_type;
otp_err $send$(otp_to $my_to$$then_params$);
otp_err $send$_after(otp_to $my_to$, otp_duration $my_ms$$then_params$);

/* Received by otp_receive: is it this message? */
static inline bool
$msg$_is(const struct otp_received *message)
{
	return message->kind == OTP_RECEIVED_MESSAGE &&
		message->type == &$msg$_type;
}
$if has_args$

/* What it carries, lent; NULL when it is another one. */
static inline const struct $args_struct$ *
$msg$_of(const struct otp_received *message)
{
	const void *payload = NULL;

	if ($msg$_is(message))
		payload = message->payload;
	return (const struct $args_struct$ *)payload;
}
$end$
