/* A handle to $kind$ $name$: a process, or a name that is looked up at each
   use. All zero is none. */
typedef struct $c$_ref {
	otp_to to;
} $c$_ref;

static inline $c$_ref
$c$_of(otp_pid pid)
{
	$c$_ref ref;

	ref.to = otp_to_pid(pid);
	return ref;
}

static inline $c$_ref
$c$_named(const char *name)
{
	$c$_ref ref;

	ref.to = otp_to_name(name);
	return ref;
}

static inline $c$_ref
$c$_at(const char *name, const char *node)
{
	$c$_ref ref;

	ref.to = otp_to_name_at(name, node);
	return ref;
}

static inline otp_to
$c$_to($c$_ref ref)
{
	return ref.to;
}

static inline bool
$c$_equal($c$_ref a, $c$_ref b)
{
	return otp_to_equal(a.to, b.to);
}

extern const struct otp_type $c$_ref_type;
void $c$_ref_bound(struct otp_sizer *sizer, $c$_ref value);
uint8_t *$c$_ref_put(uint8_t *at, $c$_ref value);
const uint8_t *$c$_ref_get(struct otp_decoder *decoder, const uint8_t *at, $c$_ref *value);
