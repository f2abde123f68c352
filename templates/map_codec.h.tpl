/* As snprintf: gives the length of the whole text. */
size_t $c$_print(struct $c$ value, char *text, size_t size);
/* Lent. */
otp_term $c$_to_term(struct $c$ value);
void $c$_encode_term(otp_term_builder *builder, struct $c$ value);
