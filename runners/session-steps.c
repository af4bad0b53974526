// SPDX-License-Identifier: GPL-2.0-only
#include "session-steps.h"

#include "base/json.h"

static void add_loads(GArray *steps, const struct session_cell *cell, const char *probe, unsigned int loads)
{
	for (unsigned int load = 0; load < loads; load++) {
		const struct session_step step = { .cell = cell, .probe = probe, .load = load };

		g_array_append_val(steps, step);
	}
}

/* Behind the cell's own loads, which so are what they are without these. */
static void add_setup_loads(GArray *steps, const struct session_cell *cell)
{
	for (unsigned int load = 0; cell->setup_params && load < cell->loads; load++) {
		const struct session_step step = { .cell = cell, .load = cell->loads + load, .setup = true };

		g_array_append_val(steps, step);
	}
}

/* A trace of its own for each cell: what it counts is that cell's alone. */
static void add_traced_cell(GArray *steps, const struct session_cell *cell, const struct session_trace *trace)
{
	for (unsigned int i = 0; i < trace->probes_count; i++) {
		const struct session_step set = { .cell = cell, .probe = trace->probes[i], .sets_probe = true };

		g_array_append_val(steps, set);
		add_loads(steps, cell, trace->probes[i], trace->loads);
	}
}

GArray *session_steps_new(const struct session_cell *cells, unsigned int cells_count,
			  const struct session_trace *trace, const struct session_sampling *sampling)
{
	GArray *steps = g_array_new(FALSE, FALSE, sizeof(struct session_step));
	const struct session_step sample = { .cell = cells, .sampling = sampling };

	if (sampling)
		g_array_append_val(steps, sample);
	for (unsigned int c = 0; c < cells_count; c++) {
		if (trace) {
			add_traced_cell(steps, &cells[c], trace);
			continue;
		}
		add_loads(steps, &cells[c], NULL, cells[c].loads);
		add_setup_loads(steps, &cells[c]);
	}
	return steps;
}

static json_t *run_request(const struct session_step *step, unsigned int tick_ms)
{
	const struct session_cell *cell = step->cell;

	if (cell->drill)
		return json_pack("{s:s, s:s#}", "q", "sysrq", "key", &cell->drill, 1);
	return json_pack("{s:s, s:s, s:i, s:s, s:i, s:s?, s:s, s:i}", "q", "run", "cell", cell->name, "load",
			 (int)step->load, "test", cell->test, "workers", (int)cell->workers, "module",
			 cell->module, "params", step->setup ? cell->setup_params : cell->params, "tick_ms",
			 (int)tick_ms);
}

json_t *session_step_request(const struct session_step *step, const struct session_trace *trace,
			     unsigned int tick_ms)
{
	if (step->sampling)
		return json_pack("{s:s, s:i, s:s?}", "q", "sample", "hz", (int)step->sampling->hz, "event",
				 step->sampling->event);
	if (!step->sets_probe)
		return run_request(step, tick_ms);
	return json_pack("{s:s, s:s, s:b, s:b, s:s?, s:s?}", "q", "trace", "state", step->probe, "latency",
			 trace->latency, "locks", trace->locks, "backend", trace->backend, "source",
			 trace->source);
}

char *session_jobs(const struct session_cell *cells, unsigned int cells_count,
		   const struct session_trace *trace)
{
	g_autoptr(GArray) steps = session_steps_new(cells, cells_count, trace, NULL);
	GString *jobs = g_string_new(NULL);

	for (guint i = 0; i < steps->len; i++) {
		g_autojson request =
			session_step_request(&g_array_index(steps, struct session_step, i), trace, 0);
		g_autofree char *line = json_line(request);

		g_string_append_printf(jobs, "%s\n", line);
	}
	g_string_append(jobs, "{\"q\":\"bye\"}\n");
	return g_string_free(jobs, FALSE);
}
