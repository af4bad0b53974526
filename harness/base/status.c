// SPDX-License-Identifier: GPL-2.0-only
#include "status.h"

#include <math.h>
#include <string.h>

#include "text.h"
#include "units.h"

#define GAP "  "
#define CUT_MIN 8		/* of a text in fewer columns nothing can be told */

/* One thing to be said, in the order in which they stand. */
struct field {
	char *text;
	guint rank;		/* those of the lowest get room first */
	bool may_cut;
};

static void field_clear(gpointer data)
{
	g_free(((struct field *)data)->text);
}

static GArray *fields_new(void)
{
	GArray *fields = g_array_new(FALSE, FALSE, sizeof(struct field));

	g_array_set_clear_func(fields, field_clear);
	return fields;
}

/* Takes @text; nothing when it is NULL, or nothing would be seen of it. */
static void add(GArray *fields, guint rank, bool may_cut, char *text)
{
	const struct field field = { text, rank, may_cut };

	if (text && text_width(text) > 0)
		g_array_append_val(fields, field);
	else
		g_free(text);
}

static void add_plain(GArray *fields, guint rank, bool may_cut, const char *text)
{
	add(fields, rank, may_cut, text ? text_make_plain(text) : NULL);
}

static char *describe_done(const struct status *s)
{
	bool one = s->done == 1 && s->total == 0;
	g_autofree char *unit = s->unit ? g_strconcat(" ", s->unit, one ? "" : "s", NULL) : g_strdup("");

	if (s->total > 0)
		return g_strdup_printf("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "%s", s->done, s->total,
				       unit);
	return s->done > 0 || s->unit ? g_strdup_printf("%" G_GUINT64_FORMAT "%s", s->done, unit) : NULL;
}

static char *describe_percent(const struct status *s)
{
	if (s->total == 0 || s->done > s->total)
		return NULL;
	return g_strdup_printf("%.0f %%", floor((double)s->done / (double)s->total * 100));
}

static char *describe_part(const struct status *s)
{
	if (!s->part)
		return NULL;
	if (s->parts == 0)
		return g_strdup_printf("%s %" G_GUINT64_FORMAT, s->part, s->part_index + 1);
	return g_strdup_printf("%s %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, s->part, s->part_index + 1,
			       s->parts);
}

/* In whole seconds: what changes faster is only restless. */
static char *describe_elapsed(const struct status *s)
{
	g_autofree char *text = units_format_duration(floor(s->elapsed_s));

	return s->elapsed_s < 1 ? NULL : g_strconcat("elapsed ", text, NULL);
}

static char *describe_left(const struct status *s)
{
	g_autofree char *text = units_format_duration(isnan(s->left_s) ? 0 : MAX(1, ceil(s->left_s)));

	return isnan(s->left_s) ? NULL : g_strconcat(s->rough ? "left ~" : "left ", text, NULL);
}

static char *describe_step(const struct status *s)
{
	g_autofree char *so_far = NULL, *expected = NULL;

	if (isnan(s->step_s) || s->step_s < 1)
		return NULL;
	so_far = units_format_duration(floor(s->step_s));
	if (isnan(s->expected_s))
		return g_steal_pointer(&so_far);
	expected = units_format_duration(MAX(1, round(s->expected_s)));
	return g_strdup_printf("%s, usually %s", so_far, expected);
}

static char *describe_failed(const struct status *s)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < STATUS_COUNTS && s->failed[i].key; i++) {
		if (s->failed[i].count > 0)
			g_string_append_printf(text, "%s%" G_GUINT64_FORMAT " %s",
					       text->len ? ", " : "failed so far: ", s->failed[i].count,
					       s->failed[i].key);
	}
	return g_strdup(text->str);
}

static bool has_words_apart(const struct status *s)
{
	return s->words[1].key;
}

static GArray *numbers_of(const struct status *s)
{
	GArray *fields = fields_new();

	add_plain(fields, 2, true, s->what);
	add(fields, 0, false, describe_done(s));
	add(fields, 3, false, describe_percent(s));
	add(fields, 4, false, describe_part(s));
	add(fields, 5, false, describe_elapsed(s));
	add(fields, 1, false, describe_left(s));
	if (!has_words_apart(s))
		add_plain(fields, 6, true, s->words[0].text);
	return fields;
}

/* How long the step takes matters more than the third word, which is either whole or not there. */
static GArray *words_of(const struct status *s)
{
	GArray *fields = fields_new();

	if (!has_words_apart(s))
		return fields;
	for (guint i = 0; i < STATUS_WORDS && s->words[i].key; i++)
		add_plain(fields, i < 2 ? i : i + 1, i < 2, s->words[i].text);
	add(fields, 2, false, describe_step(s));
	return fields;
}

static GArray *failures_of(const struct status *s)
{
	GArray *fields = fields_new();

	add(fields, 0, true, describe_failed(s));
	return fields;
}

/* The field that gets room next: of the lowest rank from @rank on; NULL when all had their turn. */
static struct field *next_field(GArray *fields, guint rank)
{
	struct field *next = NULL;

	for (guint i = 0; i < fields->len; i++) {
		struct field *f = &g_array_index(fields, struct field, i);

		if (f->rank >= rank && (!next || f->rank < next->rank))
			next = f;
	}
	return next;
}

/* Gives each field its room in turn; those without any become empty. */
static void share_room(GArray *fields, guint columns)
{
	guint used = 0;

	for (struct field *f = next_field(fields, 0); f; f = next_field(fields, f->rank + 1)) {
		guint gap = used > 0 ? strlen(GAP) : 0;
		guint room = columns > used + gap ? columns - used - gap : 0;
		char *text = f->text;

		if (text_width(text) > room) {
			f->text = f->may_cut && room >= CUT_MIN ? text_cut(text, room) : g_strdup("");
			g_free(text);
		}
		if (*f->text)
			used += gap + text_width(f->text);
	}
}

static char *join(const GArray *fields)
{
	GString *line = g_string_new(NULL);

	for (guint i = 0; i < fields->len; i++) {
		const char *text = g_array_index(fields, struct field, i).text;

		if (*text)
			g_string_append_printf(line, "%s%s", line->len ? GAP : "", text);
	}
	return g_string_free(line, FALSE);
}

static GArray *(*const groups[])(const struct status *s) = { numbers_of, words_of, failures_of };

/* When there are too few rows, failures are seen rather than words. */
static const guint order[] = { 0, 2, 1 };

GPtrArray *status_lines(const struct status *s, guint columns, guint rows)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	char *texts[G_N_ELEMENTS(groups)] = { NULL };

	for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
		g_autoptr(GArray) fields = groups[order[i]](s);
		char *text;

		share_room(fields, columns);
		text = join(fields);
		if (*text && rows > 0) {
			texts[order[i]] = text;
			rows--;
		} else {
			g_free(text);
		}
	}
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (texts[i])
			g_ptr_array_add(lines, texts[i]);
	}
	return lines;
}

char *status_plain(const struct status *s)
{
	GString *line = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(groups); i++) {
		g_autoptr(GArray) fields = groups[i](s);
		g_autofree char *text = join(fields);

		if (*text)
			g_string_append_printf(line, "%s%s", line->len ? GAP : "", text);
	}
	return g_string_free(line, FALSE);
}

static json_t *tenths(double seconds)
{
	return isnan(seconds) ? json_null() : json_real(round(seconds * 10) / 10);
}

static void set_text(json_t *json, const char *key, const char *text)
{
	g_autofree char *plain = text_make_plain(text);

	json_object_set_new(json, key, json_string(plain));
}

static void set_part(json_t *json, const struct status *s)
{
	g_autofree char *plural = g_strdup_printf("%ss", s->part ? s->part : "");

	if (!s->part)
		return;
	json_object_set_new(json, s->part, json_integer((json_int_t)s->part_index));
	if (s->parts > 0)
		json_object_set_new(json, plural, json_integer((json_int_t)s->parts));
}

static void set_failed(json_t *json, const struct status *s)
{
	json_t *failed = s->failed[0].key ? json_object() : NULL;

	for (guint i = 0; i < STATUS_COUNTS && s->failed[i].key; i++)
		json_object_set_new(failed, s->failed[i].key, json_integer((json_int_t)s->failed[i].count));
	if (failed)
		json_object_set_new(json, "failed", failed);
}

char *status_json(const struct status *s, const char *event)
{
	json_t *json = json_pack("{s:i, s:s}", "v", 1, "t", "progress");
	char *line, *kept;

	set_text(json, "what", s->what);
	json_object_set_new(json, "event", json_string(event));
	set_part(json, s);
	json_object_set_new(json, "done", json_integer((json_int_t)s->done));
	json_object_set_new(json, "total", s->total ? json_integer((json_int_t)s->total) : json_null());
	for (guint i = 0; i < STATUS_WORDS && s->words[i].key; i++)
		set_text(json, s->words[i].key, s->words[i].text);
	json_object_set_new(json, "elapsed_s", tenths(s->elapsed_s));
	json_object_set_new(json, "left_s", tenths(s->left_s));
	json_object_set_new(json, "rough", json_boolean(s->rough));
	set_failed(json, s);
	line = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(12));
	kept = g_strdup(line);
	free(line);
	json_decref(json);
	return kept;
}
