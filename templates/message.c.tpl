$if encode$
static void
$msg$_encode(otp_term_builder *builder, const void *payload)
{
$if has_args$
	const struct $args_struct$ *value = payload;

	otp_build_tuple(builder, $arity$);
	otp_build_atom(builder, otp_atom_of($wire$));
$for fields$
	$build_fn$(builder, $amp$value->$name$);
$end$
$else$
	(void)payload;
	otp_build_atom(builder, otp_atom_of($wire$));
$end$
}

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
$if encode$
	.encode = $msg$_encode,
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
