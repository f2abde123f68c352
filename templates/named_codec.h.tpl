/* In Erlang's external term format, with the version byte: see otp/type.h. */
OTP_MUST_USE otp_err $c$_encode($value_param$, uint8_t *to, size_t size, size_t *len);
OTP_MUST_USE otp_err $c$_decode(const uint8_t *bytes, size_t size, $pointer$value);
/* Lent. */
otp_term $c$_to_term($value_param$);
OTP_MUST_USE otp_err $c$_from_term(otp_term term, $pointer$value);
/* As snprintf: gives the length of the whole text. */
size_t $c$_print($value_param$, char *text, size_t size);
extern const struct otp_type $c$_type;
/* For generated code: the passes of encoding, and decoding. */
void $c$_bound(struct otp_sizer *sizer, $value_param$);
uint8_t *$c$_put(uint8_t *at, $value_param$);
const uint8_t *$c$_get(struct otp_decoder *decoder, const uint8_t *at, $pointer$value);
