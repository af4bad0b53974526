/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "base/json.h"
#include "render/contrast.h"

/*
 * Rows for programs: JSON objects whose keys are a csv's columns. A number that is not known is null, or an
 * empty field. Ten significant digits: the journal keeps the samples.
 */
void data_text(json_t *row, const char *key, const char *text);
void data_number(json_t *row, const char *key, double value);
void data_count(json_t *row, const char *key, guint64 count);

/* An effect in percent. */
void data_gain(json_t *row, const char *key, double effect);

/* PREFIX_boots, PREFIX_median, PREFIX_lowest, PREFIX_highest. */
void data_series(json_t *row, const char *prefix, const struct series *s);

/* gain_pct, low_pct, high_pct, level, p, p_holm, gate_pct, method. */
void data_contrast(json_t *row, const struct contrast *contrast, bool counted);

/* Appends @json over many lines. */
void data_json(const json_t *json, GString *out);

/*
 * Appends @text as a cell of a csv: quoted when it has to be. What a spreadsheet would take for a formula,
 * because it begins with = + - @ a tab or a return, gets a ' before it.
 */
void data_csv_text(GString *out, const char *text);

/* Appends @rows (objects with the same keys) as a csv with a line of names; nothing without rows. RFC 4180. */
void data_csv(const json_t *rows, GString *out);
