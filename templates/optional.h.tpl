$if keeps$
void $c$_keep(struct $c$_kept *kept, $const_pointer$value);
$end$
$if values$
bool $c$_equal($const_pointer$a, $const_pointer$b);
/* For generated code: the two passes of a copy, and the term. */
void $c$_flat(struct otp_flat *flat, $const_pointer$value);
$const_pointer$$c$_copy(struct otp_copy *copy, $const_pointer$value);
$include optional_codec.h.tpl$
$end$
