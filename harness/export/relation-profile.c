// SPDX-License-Identifier: GPL-2.0-only
/* What the profiler counted. */
#include "relation.h"

#include "journal/run-profile.h"

/* In the order of the loads that they are of. */
static void each_profile(const struct source *s, struct relation_rows *rows,
			 void (*add)(const struct source *s, struct relation_rows *rows,
				     const struct run_profile *profile))
{
	for (guint i = 0; i < s->loads->len; i++) {
		const struct run_load *load = g_array_index(s->loads, struct source_load, i).load;
		const struct run_profile *profile = run_find_profile(s->run, load);

		if (profile)
			add(s, rows, profile);
	}
}

static const struct relation_column profile_columns[] = {
	RELATION_PLACE,
	{ "function", RELATION_TEXT },
	{ "timed", RELATION_INTEGER },
	{ "whole", RELATION_INTEGER },
};

static void add_functions(const struct source *s, struct relation_rows *rows, const struct run_profile *profile)
{
	for (guint i = 0; i < profile->functions->len; i++) {
		const struct run_function *f = &g_array_index(profile->functions, struct run_function, i);

		relation_place(rows, s, &profile->at);
		relation_text(rows, f->name);
		relation_count(rows, f->count.timed);
		relation_count(rows, f->count.whole);
		relation_end(rows);
	}
}

static void fill_profile(const struct source *s, struct relation_rows *rows)
{
	each_profile(s, rows, add_functions);
}

const struct relation relation_profile = {
	.name = "profile",
	RELATION_COLUMNS(profile_columns),
	.keys = "PRIMARY KEY (run, boot, cell, load, function), " RELATION_OF_PLACE,
	.fill = fill_profile,
};

static const struct relation_column followed_columns[] = {
	RELATION_PLACE,
	{ "function", RELATION_TEXT },
	{ "calls", RELATION_INTEGER },
	{ "instructions", RELATION_INTEGER },
	{ "lost", RELATION_INTEGER },
};

static void add_followed(const struct source *s, struct relation_rows *rows, const struct run_profile *profile)
{
	for (guint i = 0; i < profile->calls->len; i++) {
		const struct run_followed *f = profile->calls->pdata[i];

		relation_place(rows, s, &profile->at);
		relation_text(rows, f->function);
		relation_count(rows, f->calls);
		relation_count(rows, f->instructions);
		relation_count(rows, f->lost);
		relation_end(rows);
	}
}

static void fill_followed(const struct source *s, struct relation_rows *rows)
{
	each_profile(s, rows, add_followed);
}

#define FOLLOWED_KEY "(run, boot, cell, load, function)"

const struct relation relation_followed = {
	.name = "followed",
	RELATION_COLUMNS(followed_columns),
	.keys = "PRIMARY KEY " FOLLOWED_KEY ", " RELATION_OF_PLACE,
	.fill = fill_followed,
};

static const struct relation_column lines_columns[] = {
	RELATION_PLACE,
	{ "function", RELATION_TEXT },
	{ "kind", RELATION_TEXT },
	{ "lines", RELATION_INTEGER },
	{ "calls", RELATION_INTEGER },
};

static void add_tallies(const struct source *s, struct relation_rows *rows, const struct run_at *at,
			const struct run_followed *f, enum run_lines kind)
{
	for (guint i = 0; i < f->lines[kind]->len; i++) {
		const struct run_tally *tally = &g_array_index(f->lines[kind], struct run_tally, i);

		relation_place(rows, s, at);
		relation_text(rows, f->function);
		relation_text(rows, run_lines_name(kind));
		relation_count(rows, tally->lines);
		relation_count(rows, tally->calls);
		relation_end(rows);
	}
}

static void add_lines(const struct source *s, struct relation_rows *rows, const struct run_profile *profile)
{
	for (guint i = 0; i < profile->calls->len; i++) {
		for (int kind = 0; kind < RUN_LINES_KINDS; kind++)
			add_tallies(s, rows, &profile->at, profile->calls->pdata[i], kind);
	}
}

static void fill_lines(const struct source *s, struct relation_rows *rows)
{
	each_profile(s, rows, add_lines);
}

const struct relation relation_lines = {
	.name = "lines",
	RELATION_COLUMNS(lines_columns),
	.keys = "PRIMARY KEY (run, boot, cell, load, function, kind, lines), "
		"FOREIGN KEY " FOLLOWED_KEY " REFERENCES followed " FOLLOWED_KEY,
	.fill = fill_lines,
};
