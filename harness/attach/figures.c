// SPDX-License-Identifier: GPL-2.0-only
#include "figures.h"

#include <math.h>

/* @value < 1000 with three digits; 999.6 has four of them, when rounded, and is left so. */
static void add_digits(GString *text, double value)
{
	int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

	g_string_append_printf(text, "%.*f", value == floor(value) ? 0 : decimals, value);
}

/* @value in the first of @units in which it is less than 1000; each is 1000 of the one before. */
static void add_scaled(GString *text, double value, const char *const *units, size_t count)
{
	size_t i = 0;

	if (!isfinite(value)) {
		g_string_append_c(text, '-');
		return;
	}
	for (; value >= 999.5 && i + 1 < count; i++)
		value /= 1000;
	add_digits(text, value);
	g_string_append(text, units[i]);
}

void figures_add_ns(GString *text, double ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };

	add_scaled(text, ns, units, G_N_ELEMENTS(units));
}

void figures_add_number(GString *text, double number)
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P", "E" };

	add_scaled(text, number, units, G_N_ELEMENTS(units));
}
