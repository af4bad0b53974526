// SPDX-License-Identifier: GPL-2.0-only
#include "error.h"

G_DEFINE_QUARK(bench-error-quark, bench_error)

int bench_error_exit_status(const GError *error)
{
	if (g_error_matches(error, BENCH_ERROR, BENCH_ERROR_REFUSED))
		return BENCH_ERROR_INFRA;
	if (error->domain == BENCH_ERROR)
		return error->code;
	/* Errors of a user's own files are ours already: what is left is the disk. */
	return error->domain == G_FILE_ERROR ? BENCH_ERROR_INFRA : BENCH_ERROR_FAILED;
}
