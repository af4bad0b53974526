/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/*
 * Every function of the host program that can fail takes a GError **; its message is a whole sentence for the
 * person at the terminal (file, line, key or command; what was expected; what to do). The codes of this domain
 * are the exit statuses of the program (docs/exit-status.md), so that a command ends with the code of its
 * error.
 */
#define BENCH_ERROR bench_error_quark()

enum bench_error {
	BENCH_ERROR_FAILED = 1,		/* the work could not be done */
	BENCH_ERROR_USAGE = 2,		/* wrong options, plan or file */
	BENCH_ERROR_KERNEL = 3,		/* a kernel under test failed */
	BENCH_ERROR_INFRA = 4,		/* the machinery around it failed: QEMU, disk, network */
	BENCH_ERROR_REFUSED = BENCH_ERROR_INFRA + 1,	/* of that status, too; no other try helps */
};

GQuark bench_error_quark(void);

/*
 * The exit status for @error: its code when it is of BENCH_ERROR (of BENCH_ERROR_REFUSED that of
 * BENCH_ERROR_INFRA), BENCH_ERROR_INFRA for GLib's errors of files; otherwise BENCH_ERROR_FAILED.
 */
int bench_error_exit_status(const GError *error);
