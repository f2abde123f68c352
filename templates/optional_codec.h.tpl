/* For generated code: the passes of encoding, and decoding. */
void $c$_bound(struct otp_sizer *sizer, $const_pointer$value);
uint8_t *$c$_put(uint8_t *at, $const_pointer$value);
const uint8_t *$c$_get(struct otp_decoder *decoder, const uint8_t *at, $const_pointer$*value);
extern const struct otp_type $c$_type;
