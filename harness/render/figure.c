// SPDX-License-Identifier: GPL-2.0-only
#include "figure.h"

#include <math.h>

/* The first row whose bound the value stays below, after rounding, gives its format. */
struct figure_format {
	double below;
	const char *format;
};

static char *format_by_size(const struct figure_format *formats, double value)
{
	if (isnan(value))
		return g_strdup("n/a");
	while (fabs(value) >= formats->below)
		formats++;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	return g_strdup_printf(formats->format, value);
#pragma GCC diagnostic pop
}

char *figure_time(double time)
{
	static const struct figure_format formats[] = {
		{ 1e7 - 0.05, "%.1f" }, { 1e9 - 0.5, "%.0f" }, { INFINITY, "%.2e" }, { NAN, "%.0f" },
	};

	return format_by_size(formats, time);
}

char *figure_gain(double percent)
{
	static const struct figure_format formats[] = {
		{ 99.995, "%+.2f" }, { 999.95, "%+.1f" }, { 99999.5, "%+.0f" },
		{ INFINITY, "%+.0e" }, { NAN, "%+.0f" },
	};

	return format_by_size(formats, percent);
}

char *figure_short(double number)
{
	static const struct figure_format formats[] = {
		{ 999.95, "%.1f" }, { 1e7 - 0.5, "%.0f" }, { INFINITY, "%.1e" }, { NAN, "%.0f" },
	};

	return format_by_size(formats, number);
}
