// SPDX-License-Identifier: GPL-2.0-only
#include "history.h"

#include <jansson.h>
#include <math.h>

#include "base/json.h"
#include "base/path.h"

#define LEAST_S 60
#define FACTOR 3

static char *file_of(const struct board *b)
{
	g_autofree char *dir = path_cache("boards");
	g_autofree char *name = g_strconcat(b->name, ".json", NULL);

	return g_build_filename(dir, name, NULL);
}

static int compare(gconstpointer a, gconstpointer b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const GArray *values)
{
	g_autoptr(GArray) sorted = g_array_copy((GArray *)values);
	guint middle = sorted->len / 2;

	g_array_sort(sorted, compare);
	if (sorted->len % 2)
		return g_array_index(sorted, double, middle);
	return (g_array_index(sorted, double, middle - 1) + g_array_index(sorted, double, middle)) / 2;
}

unsigned int history_limit_s(const GArray *boots_s, unsigned int most_s)
{
	if (boots_s->len == 0)
		return most_s;
	return MIN(most_s, MAX(LEAST_S, ceil(FACTOR * median(boots_s))));
}

/* Array of double, the newest last. */
static GArray *read_boots(const struct board *b)
{
	GArray *boots = g_array_new(FALSE, FALSE, sizeof(double));
	g_autofree char *path = file_of(b);
	g_autojson history = json_file_read(path, NULL);
	const json_t *value;
	size_t i;

	json_array_foreach (json_object_get(history, "boots_s"), i, value) {
		double seconds = json_number_value(value);

		if (isfinite(seconds) && seconds > 0)
			g_array_append_val(boots, seconds);
	}
	if (boots->len > HISTORY_BOOTS)
		g_array_remove_range(boots, 0, boots->len - HISTORY_BOOTS);
	return boots;
}

unsigned int history_boot_limit_s(const struct board *b)
{
	g_autoptr(GArray) boots = read_boots(b);

	return history_limit_s(boots, b->timeouts.boot_s);
}

/* The last HISTORY_BOOTS of them. */
static void write_boots(const struct board *b, const GArray *boots)
{
	g_autofree char *path = file_of(b);
	g_autofree char *dir = g_path_get_dirname(path);
	g_autojson list = json_array();
	g_autojson history = NULL;

	for (guint i = boots->len > HISTORY_BOOTS ? boots->len - HISTORY_BOOTS : 0; i < boots->len; i++)
		json_array_append_new(list, json_real(g_array_index(boots, double, i)));
	history = json_pack("{s:O}", "boots_s", list);
	if (path_make_dirs(dir, NULL))
		json_file_write(path, history, NULL);
}

void history_add_boot(const struct board *b, double seconds)
{
	g_autoptr(GArray) boots = read_boots(b);

	g_array_append_val(boots, seconds);
	write_boots(b, boots);
}

void history_add_late_boot(const struct board *b, double seconds)
{
	g_autoptr(GArray) boots = g_array_new(FALSE, FALSE, sizeof(double));

	g_array_append_val(boots, seconds);
	write_boots(b, boots);
}
