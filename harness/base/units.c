// SPDX-License-Identifier: GPL-2.0-only
#include "units.h"

#include "error.h"

char *units_format_duration(double seconds)
{
	guint64 whole = (guint64)(seconds + 0.5);

	if (seconds < 0.9995)
		return g_strdup_printf("%.0f ms", seconds * 1000);
	if (whole < 60)
		return g_strdup_printf("%" G_GUINT64_FORMAT " s", whole);
	if (whole < 3600)
		return g_strdup_printf("%" G_GUINT64_FORMAT "m%02" G_GUINT64_FORMAT "s", whole / 60,
				       whole % 60);
	return g_strdup_printf("%" G_GUINT64_FORMAT "h%02" G_GUINT64_FORMAT "m", whole / 3600, whole / 60 % 60);
}

/* The number at *@text and the letter behind it, which only a number alone may lack; in seconds. */
static bool next_part(const char **text, guint *unit, guint64 *ret_s)
{
	static const struct {
		char letter;
		guint64 seconds;
	} units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
	char *end;
	guint64 number = g_ascii_strtoull(*text, &end, 10);
	bool alone = *unit == 0;
	char letter = *end ? *end++ : alone ? 's' : 0;

	if (!g_ascii_isdigit(**text))
		return false;
	*text = end;
	for (; *unit < G_N_ELEMENTS(units); (*unit)++) {
		if (units[*unit].letter == letter)
			return g_uint64_checked_mul(ret_s, number, units[(*unit)++].seconds);
	}
	return false;
}

static bool read_duration(const char *text, guint64 *ret_s)
{
	guint64 part_s;
	guint unit = 0;

	*ret_s = 0;
	do {
		if (!next_part(&text, &unit, &part_s) || !g_uint64_checked_add(ret_s, *ret_s, part_s))
			return false;
	} while (*text);
	return true;
}

bool units_parse_duration(const char *text, const char *what, guint64 highest_s, guint64 *ret_s,
			  GError **error)
{
	guint64 seconds;

	if (read_duration(text, &seconds) && seconds >= 1 && seconds <= highest_s) {
		*ret_s = seconds;
		return true;
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s: \"%s\" is no duration; expected days, hours, minutes and seconds such as 90s, 10m, "
		    "1h30m or 2d, 1 s to %" G_GUINT64_FORMAT " d",
		    what, text, highest_s / 86400);
	return false;
}

char *units_format_bytes(guint64 bytes)
{
	static const char *const prefixes[] = { "KiB", "MiB", "GiB", "TiB" };
	double value = bytes / 1024.0;
	size_t i = 0;

	if (bytes < 1024)
		return g_strdup_printf("%" G_GUINT64_FORMAT " B", bytes);
	/* 1023.95 and up would be printed as 1024.0. */
	for (; value >= 1023.95 && i + 1 < G_N_ELEMENTS(prefixes); i++)
		value /= 1024;
	return g_strdup_printf("%.1f %s", value, prefixes[i]);
}

bool units_parse_u64(const char *text, const char *what, guint64 lowest, guint64 highest, guint64 *ret_value,
		     GError **error)
{
	g_autoptr(GError) reason = NULL;

	if (g_ascii_string_to_unsigned(text, 10, lowest, highest, ret_value, &reason))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s: \"%s\" is not a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, what,
		    text, lowest, highest);
	return false;
}
