/* SPDX-License-Identifier: Apache-2.0 */
/* Two processes send a number to and fro; then one faults, alone. */
#include <stdio.h>

#include <otp/msg.h>
#include <otp/runtime.h>

#define ROUNDS 2000

static const struct otp_msg_type ball = {.name = "ball",
	.owner = "pingpong",
	.size = sizeof(uint64_t),
	.kind = OTP_MSG_INFO};

static otp_pid main_pid;
static int *volatile null_pointer;

static void
send_ball(otp_pid to, uint64_t number)
{
	struct otp_msg *m = otp_msg_new(&ball, 0);

	*(uint64_t *)otp_msg_payload(m) = number;
	(void)otp_msg_send(otp_to_pid(to), m);
}

static uint64_t
receive_ball(void)
{
	otp_mark mark = otp_mark_set();
	struct otp_received received;
	uint64_t number = 0;

	if (otp_receive(&received, 20000) == OTP_OK && received.type == &ball)
		number = *(const uint64_t *)received.payload;
	otp_release(mark);
	return number;
}

static void
echo(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++)
		send_ball(main_pid, receive_ball() + 1);
	*null_pointer = 1;
}

int
main(void)
{
	struct otp_counters counters;
	struct otp_received received;
	uint64_t number = 0;
	otp_pid pid;

	if (otp_core_start(NULL) != OTP_OK)
		return 2;
	main_pid = otp_self();
	pid = otp_spawn(echo, NULL);
	otp_monitor(pid);
	for (int i = 0; i < ROUNDS; i++) {
		send_ball(pid, number);
		number = receive_ball();
	}
	if (number != ROUNDS || otp_receive(&received, 20000) != OTP_OK ||
		received.kind != OTP_RECEIVED_DOWN)
		return 1;
	otp_counters_get(&counters);
	printf("%d rounds, %d fault contained\n", ROUNDS,
		(int)counters.crashes_contained);
	return counters.crashes_contained != 1 || otp_core_stop(5000) != OTP_OK;
}
