// SPDX-License-Identifier: GPL-2.0-only
#include "error.h"

G_DEFINE_QUARK(bench-error-quark, bench_error)

int bench_error_exit_status(const GError *error)
{
	if (error->domain == BENCH_ERROR)
		return error->code;
	return BENCH_ERROR_FAILED;
}
