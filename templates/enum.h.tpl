$for doc$
$line$
$end$
enum $c$ {
$for members$
$for doc$
	$line$
$end$
	$member$,
$end$
};

/* The atom's text. */
const char *$c$_name(enum $c$ value);
bool $c$_equal(enum $c$ a, enum $c$ b);
$include named_codec.h.tpl$

struct $c$_list {
	const enum $c$ *ptr;
	size_t len;
};

/* In a state: read v, write with $c$_list_keep and the like. */
struct $c$_list_kept {
	struct $c$_list v;
	void *mem;
};

/* In a state: read v, write with $c$_opt_keep. */
struct $c$_opt_kept {
	const enum $c$ *v; /* absent: NULL */
	void *mem;
};

$for lists$
$include list.h.tpl$

$end$
$for opts$
$include optional.h.tpl$
$end$
