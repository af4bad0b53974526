// SPDX-License-Identifier: GPL-2.0-only
#include "data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 10

void data_text(json_t *row, const char *key, const char *text)
{
	json_object_set_new(row, key, text ? json_string(text) : json_null());
}

void data_number(json_t *row, const char *key, double value)
{
	json_object_set_new(row, key, isfinite(value) ? json_real(value) : json_null());
}

void data_count(json_t *row, const char *key, guint64 count)
{
	json_object_set_new(row, key, json_integer(MIN(count, G_MAXINT64)));
}

void data_gain(json_t *row, const char *key, double effect)
{
	data_number(row, key, contrast_gain_pct(effect));
}

void data_series(json_t *row, const char *prefix, const struct series *s)
{
	const struct {
		const char *name;
		double value;
	} numbers[] = {
		{ "median", s->median },
		{ "lowest", s->lowest },
		{ "highest", s->highest },
	};
	g_autofree char *boots = g_strconcat(prefix, "_boots", NULL);

	data_count(row, boots, s->figures->len);
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
		g_autofree char *key = g_strconcat(prefix, "_", numbers[i].name, NULL);

		data_number(row, key, numbers[i].value);
	}
}

static const char *method_of(const struct contrast *contrast, bool counted)
{
	if (contrast->missing)
		return NULL;
	return counted ? "counted" : contrast->paired ? "paired" : "unpaired";
}

void data_contrast(json_t *row, const struct contrast *contrast, bool counted)
{
	data_gain(row, "gain_pct", contrast->effect.estimate);
	data_gain(row, "low_pct", contrast->effect.low);
	data_gain(row, "high_pct", contrast->effect.high);
	data_number(row, "level", contrast->effect.level);
	data_number(row, "p", contrast->p);
	data_number(row, "p_holm", contrast->p_holm);
	data_gain(row, "gate_pct", contrast->gate);
	data_text(row, "method", method_of(contrast, counted));
	data_count(row, "blocks", contrast->blocks);
}

void data_json(const json_t *json, GString *out)
{
	char *text = json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));

	g_string_append_printf(out, "%s\n", text);
	free(text);
}

void data_csv_text(GString *out, const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "\"", -1);
	g_autofree char *doubled = g_strjoinv("\"\"", parts);
	const char *guard = *text && strchr("=+-@\t\r", *text) ? "'" : "";

	if (strpbrk(text, ",\"\r\n"))
		g_string_append_printf(out, "\"%s%s\"", guard, doubled);
	else
		g_string_append_printf(out, "%s%s", guard, text);
}

static void csv_value(GString *out, const json_t *value)
{
	char *text;

	if (json_is_null(value))
		return;
	if (json_is_string(value)) {
		data_csv_text(out, json_string_value(value));
		return;
	}
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(DIGITS));
	g_string_append(out, text);
	free(text);
}

static void csv_line(GString *out, json_t *row, bool names)
{
	const char *separator = "", *key;
	json_t *value;

	json_object_foreach(row, key, value) {
		g_string_append(out, separator);
		if (names)
			data_csv_text(out, key);
		else
			csv_value(out, value);
		separator = ",";
	}
	g_string_append_c(out, '\n');
}

void data_csv(const json_t *rows, GString *out)
{
	json_t *row;
	size_t i;

	json_array_foreach((json_t *)rows, i, row) {
		if (i == 0)
			csv_line(out, row, true);
		csv_line(out, row, false);
	}
}
