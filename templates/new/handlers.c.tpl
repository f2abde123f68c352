/* What the processes of $module$.otp do. */
#include "$module$.otp.h"

otp_next
$c$_counter_init(struct $c$_counter *self, int64_t start)
{
	self->value = start;
	return otp_ok();
}

otp_next
$c$_counter_handle_add(
	struct $c$_counter *self, int64_t n, int64_t *reply)
{
	self->value += n;
	*reply = self->value;
	return otp_reply();
}

otp_next
$c$_counter_handle_reset(struct $c$_counter *self)
{
	self->value = 0;
	return otp_noreply();
}
