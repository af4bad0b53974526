// SPDX-License-Identifier: GPL-2.0-only
#include "refusal.h"

#include <string.h>

#include "base/json.h"
#include "journal/run-trace.h"
#include "plan/plan-machine.h"

static char *join(GPtrArray *names)
{
	g_ptr_array_add(names, NULL);
	return g_strjoinv(" and ", (char **)names->pdata);
}

static bool is_one_way(const GPtrArray *a, const GPtrArray *b)
{
	return a->len <= 1 && b->len <= 1 && (!a->len || !b->len || !strcmp(a->pdata[0], b->pdata[0]));
}

char *refusal_new(const struct comparison *c, const char *collector, const struct comparison_arm *arm)
{
	g_autoptr(GPtrArray) base = run_trace_backends(c->run, collector, c->baseline->name);
	g_autoptr(GPtrArray) own = run_trace_backends(c->run, collector, arm->name);
	const char *key = strcmp(collector, "locks") ? "backend" : "source";
	g_autofree char *base_names = NULL;
	g_autofree char *own_names = NULL;

	if (confound_refuses(arm->confound))
		return g_strdup_printf(
			"%s of %s and %s are not compared: the two differ in what the plan does not declare.",
			collector, arm->name, c->baseline->name);
	if (is_one_way(base, own))
		return NULL;
	base_names = join(base);
	own_names = join(own);
	if (arm == c->baseline)
		return g_strdup_printf(
			"%s of %s: its boots were measured by %s, which measure different things; "
			"set trace.%s in the plan to one of them.",
			collector, arm->name, own_names, key);
	return g_strdup_printf(
		"%s of %s and %s are not compared: %s was measured by %s, %s by %s, which measure different "
		"things; set trace.%s in the plan to one that both kernels have.",
		collector, arm->name, c->baseline->name, arm->name, own_names, c->baseline->name, base_names,
		key);
}

char *refusal_of_wait_times(const struct run *r)
{
	gint64 host = json_count(json_object_get(r->manifest, "host"), "cpus", 0);
	unsigned int guest = r->plan->machine.smp;

	if (run_is_counted(r) || plan_machine_is_board(&r->plan->machine) || host < 1 || guest <= host)
		return NULL;
	return g_strdup_printf("The guest has %u CPUs and the host %" G_GINT64_FORMAT
			       ": a CPU of the guest that is not running makes others wait, so that times of "
			       "waiting are the host's scheduling.",
			       guest, host);
}

void refusal_print(const struct page *p, const char *sentence)
{
	g_autofree char *note = g_strconcat("REFUSED: ", sentence, NULL);

	page_note(p, note);
}
