$if values$
/* Points the list at n zeroed elements of scratch memory. */
$pointer$$c$_new(struct $c$ *list, size_t n);
bool $c$_equal(struct $c$ a, struct $c$ b);
/* For generated code: the two passes of a copy, and the term. */
void $c$_flat(struct otp_flat *flat, struct $c$ value);
struct $c$ $c$_copy(struct otp_copy *copy, struct $c$ value);
$include list_codec.h.tpl$
$end$
$if keeps$
void $c$_keep(struct $c$_kept *kept, struct $c$ value);
void $c$_kept_push(struct $c$_kept *kept, $value_param$);
void $c$_kept_set(struct $c$_kept *kept, size_t i, $value_param$);
void $c$_kept_remove(struct $c$_kept *kept, size_t i);
$end$
