// SPDX-License-Identifier: GPL-2.0-only
#include "interrupt.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "screen.h"

static int pipe_fds[2] = { -1, -1 };
static volatile sig_atomic_t pending;

static void on_signal(int number)
{
	if (pending) {
		screen_wipe_in_handler();
		_exit(128 + number);
	}
	pending = 1;
	if (write(pipe_fds[1], "", 1) < 0)
		return;		/* `pending` says it as well, only later */
}

void interrupt_catch(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_signal };

	if (pipe_fds[0] >= 0 || pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

bool interrupt_pending(void)
{
	return pending;
}

int interrupt_fd(void)
{
	return pipe_fds[0];
}
