/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"
#include "log.h"

#include <otp/runtime.h>

otp_err
otp_runtime_start(const struct otp_runtime_opts *opts)
{
	otp_err err = otp_core_start(opts);

	if (err != OTP_OK)
		return err;
	err = otpi_logger_start();
	if (err != OTP_OK)
		(void)!otp_core_stop(OTP_INFINITY);
	return err;
}

otp_err
otp_runtime_stop(otp_duration timeout_ms)
{
	int64_t begin = otp_monotonic_ms(), took;
	otp_err err;

	/* Deaths from here on are reported by whoever dies. */
	if (!otp_in_process() && timeout_ms >= 0)
		otpi_logger_stop(timeout_ms / 2);
	took = otp_monotonic_ms() - begin;
	if (timeout_ms >= 0)
		timeout_ms = timeout_ms > took ? timeout_ms - took : 0;
	err = otp_core_stop(timeout_ms);
	if (err == OTP_OK || err == OTP_TIMEOUT)
		otpi_apps_lost();
	if (err == OTP_OK)
		otp_report_set_handler(NULL);
	return err;
}
