$include shape.c.tpl$

$if travels$
$if has_args$
static void
$shape$_bound(struct otp_sizer *sizer, const void *payload)
{
$if deep$
	otp_type_bound(sizer, &$shape$_type, payload);
$else$
$if has_bounds$
	const struct $args_struct$ *value = payload;

$else$
	(void)payload;
$end$
$include bound.c.tpl$
$end$
}

static uint8_t *
$shape$_put(uint8_t *at, const void *payload)
{
	const struct $args_struct$ *value = payload;

$include put_fields.c.tpl$
}

static const uint8_t *
$shape$_get(struct otp_decoder *decoder, const uint8_t *at, void *payload)
{
$if deep$
	return otp_type_get(decoder, at, &$shape$_type, payload);
$else$
	struct $args_struct$ *value = payload;

$include get_fields.c.tpl$
$end$
}

$end$
$end$
$if exported_type$const$else$static const$end$ struct otp_msg_type $msg$_type = {
	.name = "$name$",
	.owner = "$owner$",
$if has_args$
	.size = sizeof(struct $args_struct$),
$end$
$if result_type$
	.reply_size = sizeof($result_type$),
$end$
	.kind = $kind$,
$if refuses$
	.refuses = true,
$end$
$if deferred$
	.deferred = true,
$end$
$if handled$
	.handle = (void (*)(void))$msg$_thunk,
$end$
	.encode = otp_message_encode,
	.args = &$shape$_type,
$for results$
	.$what$ = &$type_obj$,
$end$
$if travels$
$if has_args$
	.bound = $shape$_bound,
	.put = $shape$_put,
	.get = $shape$_get,
$end$
$end$
};

$if exported_make$otp_err$else$static otp_err$end$
$msg$_make(struct otp_msg **$my_m$$then_params$)
{
$if has_args$
	struct $args_struct$ *$my_args$;
$if any_pointers$
	struct otp_flat $my_flat$ = {0, 0, OTP_OK};
	struct otp_copy $my_copy$;

$for fields$
$if pointers$
	$flat_fn$(&$my_flat$, $name$);
$end$
$end$
	if ($my_flat$.err != OTP_OK)
		return $my_flat$.err;
	*$my_m$ = otp_msg_new(&$msg$_type, $my_flat$.size);
	$my_args$ = otp_msg_payload(*$my_m$);
	$my_copy$ = otp_copy_behind($my_args$, sizeof(*$my_args$));
$else$

	*$my_m$ = otp_msg_new(&$msg$_type, 0);
	$my_args$ = otp_msg_payload(*$my_m$);
$end$
$for fields$
$if pointers$
$if by_pointer$
	$copy_fn$(&$my_copy$, &$my_args$->$name$, $name$);
$else$
	$my_args$->$name$ = $copy_fn$(&$my_copy$, $name$);
$end$
$else$
	$my_args$->$name$ = $star$$name$;
$end$
$end$
$else$
	*$my_m$ = otp_msg_new(&$msg$_type, 0);
$end$
	return OTP_OK;
}
