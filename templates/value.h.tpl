$if pointers$
/* In a state: read v, write with $c$_keep. */
struct $c$_kept {
	struct $c$ v;
	void *mem;
};

void $c$_keep(struct $c$_kept *kept, const struct $c$ *value);
$end$
bool $c$_equal(const struct $c$ *a, const struct $c$ *b);
$include value_codec.h.tpl$
$if pointers$
/* For generated code: the two passes of a copy. */
void $c$_flat(struct otp_flat *flat, const struct $c$ *value);
void $c$_copy(struct otp_copy *copy, struct $c$ *to, const struct $c$ *value);
$end$

$for lists$
$include list.h.tpl$

$end$
$for opts$
$include optional.h.tpl$
$end$
