void
$c$_keep(struct $c$_kept *kept, const struct $c$ *value)
{
	struct otp_flat flat = {0, 0, OTP_OK};
	struct otp_copy copy;
	void *mem;

	$c$_flat(&flat, value);
	mem = otp_keep_new(&flat, &copy);
	$c$_copy(&copy, &kept->v, value);
	otp_free_later(kept->mem);
	kept->mem = mem;
}
