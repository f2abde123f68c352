/* As snprintf: gives the length of the whole text. */
size_t $c$_print($value_param$, char *text, size_t size);
/* Lent. */
otp_term $c$_to_term($value_param$);
extern const struct otp_type $c$_type;
/* For generated code: the passes of encoding, and decoding. */
void $c$_bound(struct otp_sizer *sizer, $value_param$);
uint8_t *$c$_put(uint8_t *at, $value_param$);
const uint8_t *$c$_get(struct otp_decoder *decoder, const uint8_t *at, $pointer$value);
