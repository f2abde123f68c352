$for doc$
$line$
$end$
struct $c$ {
$for fields$
$for doc$
	$line$
$end$
	$decl$;
$end$
$if empty$
	char none; /* C wants a member */
$end$
};

$for defaults$
$if is_object$
extern const $object$;
$end$
#define $macro$ $default$
$end$

$if pointers$
/* In a state: read v, write with $c$_keep. */
struct $c$_kept {
	struct $c$ v;
	void *mem;
};

void $c$_keep(struct $c$_kept *kept, const struct $c$ *value);
$end$
bool $c$_equal(const struct $c$ *a, const struct $c$ *b);
/* As snprintf: gives the length of the whole text. */
size_t $c$_print(const struct $c$ *value, char *text, size_t size);
/* Lent. */
otp_term $c$_to_term(const struct $c$ *value);
/* For generated code: the two passes of a copy, and the term. */
$if pointers$
void $c$_flat(struct otp_flat *flat, const struct $c$ *value);
void $c$_copy(struct otp_copy *copy, struct $c$ *to, const struct $c$ *value);
$end$
void $c$_encode_term(otp_term_builder *builder, const struct $c$ *value);

$for lists$
$include list.h.tpl$

$end$
$for opts$
$include optional.h.tpl$
$end$
