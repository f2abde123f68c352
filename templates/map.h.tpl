/* $name$, sorted by key. */
struct $c$_pair {
$for fields$
	$decl$;
$end$
};

/*
 * Sorts n pairs into scratch memory and points the map at them. Lends what the
 * pairs point to. OTP_DUPLICATE_KEY if two have the same key.
 */
OTP_MUST_USE otp_err $c$_make(struct $c$ *map, const struct $c$_pair *pairs, size_t n);
/* What the key leads to; NULL if it is not there. */
$for element$$const_pointer$$end$$c$_find(struct $c$ map, $for key$$decl$$end$);
$if keeps$
void $c$_keep(struct $c$_kept *kept, struct $c$ value);
/* Adds the pair, or replaces the one that has the key. */
void $c$_kept_put(struct $c$_kept *kept, $for key$$decl$$end$, $for element$$value_param$$end$);
/* False if the key was not there. */
bool $c$_kept_remove(struct $c$_kept *kept, $for key$$decl$$end$);
$end$
bool $c$_equal(struct $c$ a, struct $c$ b);
$include map_codec.h.tpl$
/* For generated code: the two passes of a copy. */
void $c$_flat(struct otp_flat *flat, struct $c$ value);
struct $c$ $c$_copy(struct otp_copy *copy, struct $c$ value);
