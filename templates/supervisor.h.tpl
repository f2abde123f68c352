/* --- supervisor $decl_name$ */

$for doc$
$line$
$end$
extern const struct otp_supervisor_class $c$_class;

$for init$
$include defaults.h.tpl$
/* Start it and wait until its children have started. opts may be NULL. */
OTP_MUST_USE otp_err $c$_start($params_then$const struct otp_start_opts *$my_opts$, $c$_ref *$my_supervisor$);
OTP_MUST_USE otp_err $c$_start_link($params_then$const struct otp_start_opts *$my_opts$, $c$_ref *$my_supervisor$);
/* For generated code: its arguments, to hand to a supervisor. */
OTP_MUST_USE otp_err $msg$_make(struct otp_msg **$my_m$$then_params$);
$end$

$for dynamic_children$
$for doc$
$line$
$end$
OTP_MUST_USE otp_err $start_fn$($c$_ref $my_supervisor$$then_params$, $target$_ref *$my_child$);

$end$
$for pools$
$for doc$
$line$
$end$
/* Start one that is told by a spec, with its init block; takes that. */
OTP_MUST_USE otp_err $start_fn$($c$_ref supervisor, const struct otp_child_spec *spec, struct otp_msg *init, otp_pid *pid);

$end$
$for accessors$
$for doc$
$line$
$end$
static inline $target$_ref
$child$(void)
{
	return $target$_named($registered_name$);
}

$end$
$for partitions$
/* How many $name$ there are; they are numbered from 0. */
#define $partitions_macro$ $partitions$

$for doc$
$line$
$end$
/* Number `index` of them, by its name. */
static inline $target$_ref
$child$(uint32_t index)
{
	$target$_ref ref;

	ref.to = otp_partition_to($registered_name$, index, $partitions_macro$);
	return ref;
}

/* The one that a key belongs to, always the same for the same key. */
static inline $target$_ref
$child$_by(int64_t key)
{
	uint32_t index = otp_partition_of_int(key, $partitions_macro$);

	return $child$(index);
}

static inline $target$_ref
$child$_by_string(otp_string key)
{
	uint32_t index = otp_partition_of_bytes(key.ptr, key.len, $partitions_macro$);

	return $child$(index);
}

static inline $target$_ref
$child$_by_binary(otp_binary key)
{
	uint32_t index = otp_partition_of_bytes(key.ptr, key.len, $partitions_macro$);

	return $child$(index);
}

$end$
$if has_init$
/* You write: */
$if params$
otp_next $c$_init($params$);
$else$
otp_next $c$_init(void);
$end$

$end$
