// SPDX-License-Identifier: GPL-2.0-only
#include "gate.h"

#include "base/error.h"
#include "journal/run-trace.h"

#define ROWS_SHOWN 8

static const struct {
	int status;
	const char *name;
} outcomes[] = {
	[GATE_PASSED] = { 0, "no regression" },
	[GATE_CANNOT_TELL] = { 2, "cannot tell" },
	[GATE_INFRA] = { BENCH_ERROR_INFRA, "boots are missing, `vmapbench sweep --resume` makes up for them" },
	[GATE_REGRESSED] = { 1, "regressed" },
	[GATE_KERNEL] = { BENCH_ERROR_KERNEL, "a kernel failed" },
};

struct gate *gate_open(void)
{
	struct gate *g = g_new0(struct gate, 1);

	g->rows = g_string_new(NULL);
	return g;
}

void gate_free(struct gate *g)
{
	if (!g)
		return;
	g_string_free(g->rows, TRUE);
	g_free(g);
}

void gate_add(struct gate *g, enum gate_outcome outcome, const char *format, ...)
{
	va_list args;

	if (outcome < g->outcome || outcome == GATE_PASSED)
		return;
	if (outcome > g->outcome) {
		g_string_truncate(g->rows, 0);
		g->count = 0;
	}
	g->outcome = outcome;
	if (++g->count > ROWS_SHOWN)
		return;
	g_string_append(g->rows, g->count > 1 ? ", " : "");
	va_start(args, format);
	g_string_append_vprintf(g->rows, format, args);
	va_end(args);
}

void gate_add_row(struct gate *g, const struct contrast *row, const char *cell, const char *name)
{
	static const enum gate_outcome of[] = {
		[VERDICT_IMPROVED] = GATE_PASSED,
		[VERDICT_REGRESSED] = GATE_REGRESSED,
		[VERDICT_EQUIVALENT] = GATE_PASSED,
		[VERDICT_CANNOT_TELL] = GATE_CANNOT_TELL,
	};

	gate_add(g, row->missing ? GATE_CANNOT_TELL : of[row->verdict], "%s of %s", cell, name);
}

/* A machine that tells the baseline from itself can tell nothing else. */
static bool is_quiet(const struct comparison *c, struct gate *g)
{
	bool quiet = true;

	for (unsigned int i = 0; i < c->arms_count; i++) {
		for (guint cell = 0; c->arms[i].role == COMPARISON_AA && cell < c->cells->len; cell++) {
			if (!contrast_is_marked(&c->arms[i].rows[cell]))
				continue;
			gate_add(g, GATE_CANNOT_TELL, "%s of the baseline against itself",
				 comparison_cell(c, cell));
			quiet = false;
		}
	}
	return quiet;
}

static void add_arm(struct gate *g, const struct comparison *c, const struct comparison_arm *arm, bool quiet)
{
	if (confound_refuses(arm->confound)) {
		gate_add(g, GATE_CANNOT_TELL, "%s was not compared", arm->name);
		return;
	}
	for (guint cell = 0; cell < c->cells->len; cell++) {
		const char *name = comparison_cell(c, cell);

		if (comparison_lacks_boots(c, arm, cell) || comparison_lacks_boots(c, c->baseline, cell))
			gate_add(g, GATE_INFRA, "%s of %s", name, arm->name);
		if (quiet)
			gate_add_row(g, &arm->rows[cell], name, arm->name);
	}
}

struct gate *gate_new(const struct comparison *c, const struct comparison_arm *only)
{
	struct gate *g = gate_open();
	bool quiet = is_quiet(c, g);

	for (unsigned int i = 0; i < c->arms_count; i++) {
		const struct comparison_arm *arm = &c->arms[i];

		if (arm->failed || run_trace_failed(c->run, arm->name, NULL))
			gate_add(g, GATE_KERNEL, "arm %s", arm->name);
		if (arm != c->baseline && comparison_is_printed(arm, only))
			add_arm(g, c, arm, quiet);
	}
	return g;
}

int gate_status(const struct gate *g)
{
	return outcomes[g->outcome].status;
}

char *gate_sentence(const struct gate *g)
{
	g_autofree char *more = g->count > ROWS_SHOWN ? g_strdup_printf(" and %u more", g->count - ROWS_SHOWN)
						      : g_strdup("");

	return g_strdup_printf("gate: %s%s%s%s", outcomes[g->outcome].name, g->count ? ": " : "", g->rows->str,
			       more);
}
