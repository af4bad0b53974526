/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "base/json.h"
#include "journal/run-trace.h"
#include "journal/run-trace-read.h"

/* Runs made in memory, for the tests of what reads runs. */

/* An empty run of the plan @text on @accel; the caller frees it with run_free(). */
static inline struct run *builder_run(const char *text, const char *accel)
{
	struct run *r = run_new("runs/built");
	GError *error = NULL;

	r->manifest = json_pack("{ss}", "accel", accel);
	r->plan = plan_parse_frozen(text, "plan.yaml", &error);
	g_assert_no_error(error);
	return r;
}

/* The same of `vmapbench series`, with so many patches. */
static inline struct run *builder_series_run(const char *text, const char *accel, unsigned int patches)
{
	struct run *r = builder_run(text, accel);
	g_autojson series = json_pack("{s:[]}", "patches");
	GError *error = NULL;

	for (unsigned int i = 1; i <= patches; i++) {
		g_autofree char *subject = g_strdup_printf("patch %u", i);

		json_array_append_new(json_object_get(series, "patches"),
				      json_pack("{s:s, s:s}", "file", "p", "subject", subject));
	}
	plan_free(r->plan);
	r->plan = plan_parse_manifest(text, "plan.yaml", &(struct plan_frozen){ .series = series }, &error);
	g_assert_no_error(error);
	return r;
}

/* The kernel of @arm could not be made. */
static inline void builder_unbuilt(struct run *r, const char *arm, const char *why)
{
	struct run_boot_end *end = g_new0(struct run_boot_end, 1);

	end->arm = g_strdup(arm);
	end->class = RUN_KERNEL;
	end->why = g_strdup(why);
	g_ptr_array_add(r->unbuilt, end);
}

/* One load with the one worker's time @us, in @boot (takes it). */
static inline struct run_load *builder_load_new(struct run *r, unsigned int block, const char *arm, char *boot,
						const char *cell, double us)
{
	struct run_load *load = g_new0(struct run_load, 1);

	load->block = block;
	load->arm = run_name(r, arm);
	load->boot = run_name(r, boot);
	load->cell = run_name(r, cell);
	load->workers_us = g_array_new(FALSE, FALSE, sizeof(double));
	g_array_append_val(load->workers_us, us);
	load->wall_us = us + 1;
	g_free(boot);
	return load;
}

/* A timed one, in the boot of @arm, @cell and @block. */
static inline void builder_load(struct run *r, unsigned int block, const char *arm, const char *cell, double us)
{
	char *boot = g_strdup_printf("b%03u-%s-%s", block, arm, cell);

	run_add_load(r, builder_load_new(r, block, arm, boot, cell, us));
}

/* The only one of one loop in that boot. */
static inline void builder_setup(struct run *r, unsigned int block, const char *arm, const char *cell, double us)
{
	char *boot = g_strdup_printf("b%03u-%s-%s", block, arm, cell);

	run_add_setup(r, builder_load_new(r, block, arm, boot, cell, us));
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
