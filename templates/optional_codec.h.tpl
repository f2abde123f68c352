void $c$_encode_term(otp_term_builder *builder, $const_pointer$value);
