// SPDX-License-Identifier: GPL-2.0-only
#include "load-line.h"

#include <string.h>

/* Whole numbers of so many digits are exact as doubles, and fit the integers. */
#define TIME_DIGITS_MAX 15
#define COUNT_DIGITS_MAX 9
#define WORKERS_MAX 65535

/*
 * Every reader moves @at behind what it read; the newline at the end matches nothing, so that none runs over
 * it.
 */
static bool skip(char **at, const char *literal)
{
	size_t length = strlen(literal);

	if (strncmp(*at, literal, length))
		return false;
	*at += length;
	return true;
}

/* Digits without a leading 0 that JSON would refuse. */
static bool read_whole(char **at, int digits_max, guint64 *ret)
{
	const char *begin = *at;

	for (*ret = 0; g_ascii_isdigit(**at); (*at)++) {
		if (*at - begin == digits_max)
			return false;
		*ret = 10 * *ret + g_ascii_digit_value(**at);
	}
	return *at > begin && (*begin != '0' || *at == begin + 1);
}

static bool read_count(char **at, unsigned int *ret)
{
	guint64 count;

	if (!read_whole(at, COUNT_DIGITS_MAX, &count))
		return false;
	*ret = count;
	return true;
}

static bool read_time(char **at, double *ret)
{
	char *begin = *at, *end;
	guint64 whole;

	if (!read_whole(at, TIME_DIGITS_MAX, &whole))
		return false;
	*ret = whole;
	if (!skip(at, "."))
		return true;
	while (g_ascii_isdigit(**at))
		(*at)++;
	*ret = g_ascii_strtod(begin, &end);
	return end == *at && (*at)[-1] != '.';
}

/* ASCII without escapes. *ret_end is where its closing quote stands. */
static bool read_text(char **at, const char **ret, char **ret_end)
{
	*ret = *at;
	while (**at >= ' ' && **at <= '~' && **at != '"' && **at != '\\')
		(*at)++;
	*ret_end = *at;
	return skip(at, "\"");
}

static bool read_workers(char **at, GArray *workers)
{
	double time;

	g_array_set_size(workers, 0);
	do {
		if (workers->len == WORKERS_MAX || !read_time(at, &time))
			return false;
		g_array_append_val(workers, time);
	} while (skip(at, ","));
	return skip(at, "]");
}

/* What sweep adds: the taint, which no row is made of, and the clock. *@ret_end is where its closing quote
 * stands, or NULL. */
static bool read_rest(char **at, const char **ret_clocksource, char **ret_end)
{
	guint64 taint;

	*ret_clocksource = NULL;
	*ret_end = NULL;
	if (skip(at, ",\"taint\":") && !skip(at, "null") && !read_whole(at, TIME_DIGITS_MAX, &taint))
		return false;
	if (skip(at, ",\"clocksource\":") && !skip(at, "null") &&
	    !(skip(at, "\"") && read_text(at, ret_clocksource, ret_end)))
		return false;
	return skip(at, "}");
}

bool load_line_parse(char *line, size_t length, struct load_line *ret)
{
	char *at = line, *arm_end, *boot_end, *cell_end, *clock_end;

	if (!skip(&at, "{\"v\":1,\"t\":\"load\",\"block\":") || !read_count(&at, &ret->block) ||
	    !skip(&at, ",\"arm\":\"") || !read_text(&at, &ret->arm, &arm_end) ||
	    !skip(&at, ",\"boot\":\"") || !read_text(&at, &ret->boot, &boot_end) ||
	    !skip(&at, ",\"cell\":\"") || !read_text(&at, &ret->cell, &cell_end) ||
	    !skip(&at, ",\"load\":") || !read_count(&at, &ret->load) ||
	    !skip(&at, ",\"workers_us\":[") || !read_workers(&at, ret->workers_us) ||
	    !skip(&at, ",\"wall_us\":") || !read_time(&at, &ret->wall_us) ||
	    !read_rest(&at, &ret->clocksource, &clock_end) || at != line + length)
		return false;
	*arm_end = *boot_end = *cell_end = '\0';
	if (clock_end)
		*clock_end = '\0';
	return true;
}
