// SPDX-License-Identifier: GPL-2.0-only
#include "chart.h"

#include "boots-chart.h"
#include "drawings.h"
#include "drift-chart.h"
#include "flame.h"
#include "gain-chart.h"
#include "live-memory-chart.h"
#include "memory-chart.h"
#include "profile-chart.h"
#include "purge-chart.h"
#include "staircase-chart.h"
#include "threads-chart.h"
#include "trace-chart.h"

/* A series has as many arms as patches: of those that are the staircase says what the others say of two. */
static void add_figures(struct drawings *all, const struct findings *f)
{
	if (f->staircase) {
		staircase_chart_add(all, f->staircase);
		return;
	}
	gain_chart_add(all, f->comparison);
	threads_chart_add(all, f->comparison);
}

bool chart_draw(const struct findings *f, const char *dir, GPtrArray *ret_charts, GError **error)
{
	g_autoptr(drawings) all = drawings_new(dir, error);

	if (!all)
		return false;
	add_figures(all, f);
	boots_chart_add(all, f->comparison);
	drift_chart_add(all, f->comparison);
	trace_chart_add(all, f);
	purge_chart_add(all, f->latency);
	profile_chart_add(all, f->profile);
	memory_chart_add(all, f->comparison);
	live_memory_chart_add(all, f->live_memory);
	return drawings_draw(all, ret_charts, error) && flame_draw(f, dir, ret_charts, error);
}
