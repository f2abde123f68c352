/* --- call $name$ */

$include defaults.c.tpl$

$include args.c.tpl$
$if two_results$
union $msg$_result {
$for results$
	$result_decl$;
$end$
};

$end$
$if deferred$
$for results$
$include answer.c.tpl$

$end$
$if reply$
$else$
void
$msg$_reply($msg$_from from)
{
	otp_from_answer(from.from, OTP_OK, otp_answer_new(0, 0));
}

$end$
static otp_next
$msg$_thunk(void *state, struct otp_msg *m)
{
	$msg$_from from = {otp_from_of(m)};
$if has_args$
	const struct $args_struct$ *args = otp_msg_payload(m);
$end$

	return $handler$(state$then_stored$, from);
}
$else$
$for results$
$include put.c.tpl$

$end$
static otp_next
$msg$_thunk(void *state, struct otp_msg *m)
{
$if has_args$
	const struct $args_struct$ *args = otp_msg_payload(m);
$end$
$for results$
	$result_decl$ = $zero$;
$end$
$if has_result$
	otp_next next;

	next = $handler$(state$then_stored$$then_locals$);
$for reply$
	if (next.action == OTP_NEXT_REPLY || next.action == OTP_NEXT_STOP_REPLY)
		$msg$_put_reply(m, $amp$reply);
$end$
$for refusal$
	if (next.action == OTP_NEXT_REFUSE || next.action == OTP_NEXT_STOP_REFUSE)
		$msg$_put_refusal(m, $amp$refusal);
$end$
	return next;
$else$
$if has_args$

$else$
	(void)m;
$end$
	return $handler$(state$then_stored$);
$end$
}
$end$

$include message.c.tpl$

static otp_err
$msg$_take(otp_err err, struct otp_msg *m$then_plain_outs$)
{
	if (err == OTP_OK) {
$if reply$
$for reply$
		memcpy(reply, otp_msg_payload(m), sizeof(*reply));
$if pointers$
		otp_msg_lend(m);
$else$
		otp_msg_free(m);
$end$
$end$
$else$
		otp_msg_free(m);
$end$
$for refusal$
	} else if (err == OTP_REFUSED) {
		memcpy(refusal, otp_msg_payload(m), sizeof(*refusal));
$if pointers$
		otp_msg_lend(m);
$else$
		otp_msg_free(m);
$end$
$end$
	}
	return err;
}

otp_err
$msg$_within($server$_ref $my_server$, otp_duration $my_timeout_ms$$then_params$$then_outs$)
{
	struct otp_msg *$my_m$ = NULL;
	otp_err $my_err$ = $msg$_make(&$my_m$$then_args$);

	if ($my_err$ == OTP_OK)
		$my_err$ = otp_msg_call($my_server$.to, &$my_m$, $my_timeout_ms$);
	return $msg$_take($my_err$, $my_m$$then_out_names$);
}

otp_err
$msg$($server$_ref $my_server$$then_params$$then_outs$)
{
	return $msg$_within($my_server$, $timeout$$then_args$$then_out_names$);
}

otp_err
$msg$_async($server$_ref $my_server$$then_params$, $msg$_request *$my_request$)
{
	struct otp_msg *$my_m$ = NULL;
	otp_err $my_err$ = $msg$_make(&$my_m$$then_args$);

	if ($my_err$ == OTP_OK)
		$my_err$ = otp_msg_request($my_server$.to, $my_m$, &$my_request$->request);
	return $my_err$;
}

otp_err
$msg$_await($msg$_request *request, otp_duration timeout_ms$then_plain_outs$)
{
	struct otp_msg *m = NULL;
	otp_err err = otp_msg_await(&request->request, &m, timeout_ms);

	return $msg$_take(err, m$then_plain_names$);
}

otp_err
$msg$_check($msg$_request *request, otp_request response$then_plain_outs$)
{
	if (!otp_request_is(request->request, response))
		return OTP_NOT_FOUND;
	return $msg$_await(request, 0$then_plain_names$);
}
