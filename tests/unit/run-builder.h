/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "base/json.h"
#include "journal/run-trace.h"
#include "journal/run-trace-read.h"

/* Runs made in memory, for the tests of what reads runs. */

static inline void builder_load_free(gpointer data)
{
	struct run_load *load = data;

	g_free(load->arm);
	g_free(load->boot);
	g_free(load->cell);
	g_array_unref(load->workers_us);
	g_free(load);
}

static inline void builder_end_free(gpointer data)
{
	struct run_boot_end *end = data;

	g_free(end->arm);
	g_free(end->boot);
	g_free(end->why);
	g_free(end);
}

/* An empty run of the plan @text on @accel; the caller frees it with run_free(). */
static inline struct run *builder_run(const char *text, const char *accel)
{
	struct run *r = g_new0(struct run, 1);
	GError *error = NULL;

	r->dir = g_strdup("runs/built");
	r->manifest = json_pack("{ss}", "accel", accel);
	r->plan = plan_parse_frozen(text, "plan.yaml", &error);
	g_assert_no_error(error);
	r->loads = g_ptr_array_new_with_free_func(builder_load_free);
	r->ends = g_ptr_array_new_with_free_func(builder_end_free);
	r->splats = g_ptr_array_new();
	r->traced_loads = g_ptr_array_new_with_free_func(builder_load_free);
	r->traces = g_ptr_array_new_with_free_func(run_trace_free);
	r->hists = g_ptr_array_new_with_free_func(run_hist_free);
	r->locks = g_ptr_array_new_with_free_func(run_lock_free);
	r->events = g_ptr_array_new_with_free_func(run_events_free);
	return r;
}

/* One load with the one worker's time @us, in the boot of @arm, @cell and @block. */
static inline void builder_load(struct run *r, unsigned int block, const char *arm, const char *cell, double us)
{
	struct run_load *load = g_new0(struct run_load, 1);

	load->block = block;
	load->arm = g_strdup(arm);
	load->boot = g_strdup_printf("b%03u-%s-%s", block, arm, cell);
	load->cell = g_strdup(cell);
	load->workers_us = g_array_new(FALSE, FALSE, sizeof(double));
	g_array_append_val(load->workers_us, us);
	load->wall_us = us + 1;
	g_ptr_array_add(r->loads, load);
}

static inline void builder_end(struct run *r, const char *arm, enum run_class class, const char *why)
{
	struct run_boot_end *end = g_new0(struct run_boot_end, 1);

	end->arm = g_strdup(arm);
	end->boot = g_strdup_printf("b000-%s-0", arm);
	end->class = class;
	end->why = g_strdup(why);
	g_ptr_array_add(r->ends, end);
}
