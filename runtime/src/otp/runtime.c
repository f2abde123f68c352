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
	otp_err err;

	/* Deaths from here on are reported by whoever dies. */
	otpi_logger_stop(timeout_ms);
	err = otp_core_stop(timeout_ms);
	if (err != OTP_NOT_RUNNING)
		otpi_apps_lost();
	if (err == OTP_OK)
		otp_report_set_handler(NULL);
	return err;
}
