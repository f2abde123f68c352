/* For generated code: the passes of encoding, and decoding. */
void $c$_bound(struct otp_sizer *sizer, struct $c$ value);
uint8_t *$c$_put(uint8_t *at, struct $c$ value);
const uint8_t *$c$_get(struct otp_decoder *decoder, const uint8_t *at, struct $c$ *value);
extern const struct otp_type $c$_type;
