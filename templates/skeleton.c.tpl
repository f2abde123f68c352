/* The handlers of $source$: written once by otpc, yours from then on. */
#include "$header$"

$for servers$
$if opaque$
struct $c$ {
	char none; /* your fields */
};

OTP_STATE($c$);

$end$
$for init$
otp_next
$handler$(struct $server$ *$my_self$$then_params$)
{
	(void)$my_self$;
$for fields$
	(void)$name$;
$end$
	return otp_ok();
}

$end$
$for calls$
otp_next
$if deferred$
$handler$(struct $server$ *$my_self$$then_params$, $msg$_from $my_from$)
$else$
$handler$(struct $server$ *$my_self$$then_params$$then_outs$)
$end$
{
	(void)$my_self$;
$for fields$
	(void)$name$;
$end$
$if deferred$
	(void)$my_from$;
	return otp_noreply();
$else$
$for reply$
	(void)$my_reply$;
$end$
$for refusal$
	(void)$my_refusal$;
$end$
	return otp_reply();
$end$
}

$end$
$for casts$
otp_next
$handler$(struct $server$ *$my_self$$then_params$)
{
	(void)$my_self$;
$for fields$
	(void)$name$;
$end$
	return otp_noreply();
}

$end$
$for infos$
otp_next
$handler$(struct $server$ *$my_self$$then_params$)
{
	(void)$my_self$;
$for fields$
	(void)$name$;
$end$
	return otp_noreply();
}

$end$
$for declared$
otp_next
$handler$(struct $server$ *$my_self$$then_params$)
{
	(void)$my_self$;
$for fields$
	(void)$name$;
$end$
	return otp_noreply();
}

$end$
$for continues$
otp_next
$handler$(struct $server$ *$my_self$$then_params$)
{
	(void)$my_self$;
$for fields$
	(void)$name$;
$end$
	return otp_noreply();
}

$end$
$if has_timeout$
otp_next
$c$_handle_timeout(struct $c$ *self)
{
	(void)self;
	return otp_noreply();
}

$end$
$if has_exit$
otp_next
$c$_handle_exit(struct $c$ *self, otp_pid from, otp_term reason)
{
	(void)self;
	(void)from;
	(void)reason;
	return otp_noreply();
}

$end$
$if has_down$
otp_next
$c$_handle_down(struct $c$ *self, otp_ref reference, otp_to who, otp_term reason)
{
	(void)self;
	(void)reference;
	(void)who;
	(void)reason;
	return otp_noreply();
}

$end$
$if has_nodeup$
otp_next
$c$_handle_nodeup(struct $c$ *self, otp_atom node)
{
	(void)self;
	(void)node;
	return otp_noreply();
}

$end$
$if has_nodedown$
otp_next
$c$_handle_nodedown(struct $c$ *self, otp_atom node)
{
	(void)self;
	(void)node;
	return otp_noreply();
}

$end$
$if has_response$
otp_next
$c$_handle_response(struct $c$ *self, otp_request response)
{
	(void)self;
	(void)response;
	return otp_noreply();
}

$end$
$if has_timer$
otp_next
$c$_handle_timer(struct $c$ *self, otp_ref timer)
{
	(void)self;
	(void)timer;
	return otp_noreply();
}

$end$
$if has_other$
otp_next
$c$_handle_other(struct $c$ *self, otp_term message)
{
	(void)self;
	(void)message;
	return otp_noreply();
}

$end$
$if has_terminate$
void
$c$_terminate(struct $c$ *self, otp_term reason)
{
	(void)self;
	(void)reason;
}

$end$
$if has_format_status$
otp_term
$c$_format_status(const struct $c$ *self, enum otp_status_part part, otp_term term)
{
	(void)self;
	(void)part;
	return term;
}

$end$
$end$
$for supervisors$
$if has_init$
$for init$
otp_next
$if has_args$
$c$_init($params$)
$else$
$c$_init(void)
$end$
{
$for fields$
	(void)$name$;
$end$
	return otp_ok();
}

$end$
$end$
$end$
$for applications$
$if has_prep_stop$
void
$module$_app_handle_prep_stop(const struct $module$_env *env)
{
	(void)env;
}

$end$
$if has_stop$
void
$module$_app_handle_stop(const struct $module$_env *env)
{
	(void)env;
}

$end$
$end$
