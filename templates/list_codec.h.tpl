void $c$_encode_term(otp_term_builder *builder, struct $c$ value);
