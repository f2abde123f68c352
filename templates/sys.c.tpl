static void
$c$_set_state_thunk(void *state, const void *value)
{
	struct $c$ *self = state;
	const struct $c$ *from = value;

$for state$
$if pointers$
	$keep_fn$(&self->$name$, $amp$from->$name$.v);
$else$
	self->$name$ = from->$name$;
$end$
$end$
}

otp_err
$c$_sys_get_state($c$_ref server, otp_duration timeout_ms, struct $c$ *state)
{
	otp_term term = OTP_UNDEFINED;
	otp_err err = otp_sys_get_state(server.to, timeout_ms, &term);

	memset(state, 0, sizeof(*state));
	if (err == OTP_OK)
		err = otp_type_from_term(&$c$_self_type, term, state);
	return err;
}

struct $c$_sys_change {
	otp_err (*change)(struct $c$ *state, void *arg);
	void *arg;
};

static otp_err
$c$_sys_change_thunk(otp_term term, void *arg, otp_term *changed)
{
	const struct $c$_sys_change *change = arg;
	struct $c$ *state = otp_tmp_array(1, sizeof(*state));
	otp_err err = otp_type_from_term(&$c$_self_type, term, state);

	if (err == OTP_OK)
		err = change->change(state, change->arg);
	if (err == OTP_OK)
		*changed = otp_type_to_term(&$c$_self_type, state);
	return err;
}

otp_err
$c$_sys_replace_state($c$_ref server, otp_duration timeout_ms, otp_err (*change)(struct $c$ *state, void *arg), void *arg)
{
	struct $c$_sys_change c = {change, arg};

	return otp_sys_replace_state(server.to, timeout_ms, $c$_sys_change_thunk, &c, NULL);
}

