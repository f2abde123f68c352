$include defaults.h.tpl$
$for doc$
$line$
$end$
OTP_MUST_USE otp_err $msg$($server$_ref $my_server$$then_params$$then_outs$);
OTP_MUST_USE otp_err $msg$_within($server$_ref $my_server$, otp_duration $my_timeout_ms$$then_params$$then_outs$);
typedef struct $msg$_request {
	otp_request request;
} $msg$_request;
OTP_MUST_USE otp_err $msg$_async($server$_ref $my_server$$then_params$, $msg$_request *$my_request$);
OTP_MUST_USE otp_err $msg$_await($msg$_request *request, otp_duration timeout_ms$then_plain_outs$);
/* For `info response`: OTP_NOT_FOUND: of another request; else as _await. */
OTP_MUST_USE otp_err $msg$_check($msg$_request *request, otp_request response$then_plain_outs$);
$if deferred$
/* Answers from any process, once; later answers do nothing. */
typedef struct $msg$_from {
	otp_from from;
} $msg$_from;
$if reply$
$for reply$
void $msg$_reply($msg$_from from, $value_param$);
$end$
$else$
void $msg$_reply($msg$_from from);
$end$
$for refusal$
void $msg$_refuse($msg$_from from, $value_param$);
$end$
$end$
