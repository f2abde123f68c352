/* `make test`: the whole application, as the program runs it. */
#include "$module$.otp.h"

#include <stdio.h>
#include <stdlib.h>

static void
check(int ok, const char *what)
{
	printf("%s %s\n", ok ? "ok" : "FAIL", what);
	if (!ok)
		exit(1);
}

int
main(void)
{
	int64_t value = 0;

	check($c$_app_start(NULL) == OTP_OK, "it starts");
	$c$_counter_ref counter = $c$_top_counter();
	check($c$_counter_add(counter, 5, &value) == OTP_OK && value == 5,
		"it counts");
	check($c$_counter_reset(counter) == OTP_OK &&
			$c$_counter_add(counter, 1, &value) == OTP_OK &&
			value == 1,
		"it begins again");
	check($c$_app_stop() == OTP_OK, "it stops");
	return 0;
}
