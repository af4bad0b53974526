// SPDX-License-Identifier: GPL-2.0-only
#include "overhead.h"

#include "journal/run-trace.h"
#include "stats/quantile.h"

static const struct {
	const char *name;
	enum run_probe before, after;
} steps[] = {
	[OVERHEAD_LOADED] = { "loaded against off", RUN_PROBE_OFF, RUN_PROBE_LOADED },
	[OVERHEAD_ATTACHED] = { "attached against loaded", RUN_PROBE_LOADED, RUN_PROBE_ATTACHED },
	[OVERHEAD_ALL] = { "attached against off", RUN_PROBE_OFF, RUN_PROBE_ATTACHED },
};

const char *overhead_step_name(enum overhead_step step)
{
	return steps[step].name;
}

static void add_boot(struct series *s, const struct comparison *c, const char *boot, const char *cell,
		     enum run_probe probe)
{
	g_autoptr(GPtrArray) loads = run_probe_loads(c->run, boot, cell, probe);
	const struct run_load *first = loads->len ? loads->pdata[0] : NULL;

	if (first)
		series_add(s, first->block, comparison_boot_figure(loads, c->metric));
}

static void fill_step(struct overhead_side *side, const struct comparison *c, const GPtrArray *boots,
		      const char *cell, enum overhead_step step)
{
	struct series *before = &side->before[step], *after = &side->after[step];
	struct contrast *cost = &side->costs[step];

	series_init(before);
	series_init(after);
	for (guint i = 0; i < boots->len; i++) {
		add_boot(before, c, boots->pdata[i], cell, steps[step].before);
		add_boot(after, c, boots->pdata[i], cell, steps[step].after);
	}
	series_finish(before);
	series_finish(after);
	contrast_init(cost, !boots->len ? "no complete boot" :
			    before->lowest > 0 && after->lowest > 0 ? NULL : "a time of 0");
	if (cost->missing)
		return;
	if (c->counted)
		contrast_counted(cost, after, before);
	else
		contrast_timed(cost, after, before, comparison_gate(c), 1);
}

static void fill_side(struct overhead *o, unsigned int arm, guint cell)
{
	const struct comparison *c = o->comparison;
	const struct plan_row *row = c->cells->pdata[cell];
	struct overhead_side *side = &o->sides[arm * c->cells->len + cell];
	g_autoptr(GPtrArray) boots = run_traced_boots(c->run, c->arms[arm].name, row->name);

	for (int step = 0; step < OVERHEAD_STEPS; step++) {
		fill_step(side, c, boots, row->name, step);
		o->known |= !side->costs[step].missing;
	}
}

struct overhead *overhead_new(const struct comparison *c)
{
	struct overhead *o = g_new0(struct overhead, 1);

	o->comparison = c;
	o->sides = g_new0(struct overhead_side, c->arms_count * c->cells->len);
	for (unsigned int arm = 0; arm < c->arms_count; arm++) {
		for (guint cell = 0; cell < c->cells->len; cell++)
			fill_side(o, arm, cell);
	}
	return o;
}

const struct overhead_side *overhead_side(const struct overhead *o, unsigned int arm, guint cell)
{
	return &o->sides[arm * o->comparison->cells->len + cell];
}

void overhead_free(struct overhead *o)
{
	if (!o)
		return;
	for (guint i = 0; i < o->comparison->arms_count * o->comparison->cells->len; i++) {
		for (int step = 0; step < OVERHEAD_STEPS; step++) {
			series_clear(&o->sides[i].before[step]);
			series_clear(&o->sides[i].after[step]);
		}
	}
	g_free(o->sides);
	g_free(o);
}
