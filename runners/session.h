/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "record.h"
#include "runner.h"

/*
 * One boot from start to end, on any runner: waits for the agent, has it run the loads, enforces the time
 * limits, and says how it ended.
 */
struct session_cell {
	char *name;
	char *test;
	const char *module;	/* one of WIRE_MODULE_..., or NULL: the test needs none */
	char *params;		/* of the module, without a final newline; NULL in a drill */
	char *setup_params;	/* of as many loads more behind these, whose numbers go on; NULL: none, as when
				   traced */
	char drill;		/* the sysrq key that is pressed instead of a load, or 0 */
	bool latency;		/* the module times each call, and says so in "calls" records */
	bool memory;		/* the load says in a "memory" record what its areas cost */
	unsigned int workers;
	unsigned int loads;
};

/* The tracing pass of a boot: each cell is run in each state of the probe. */
struct session_trace {
	const char *const *probes;	/* "off", "loaded", "attached", in the order they are taken */
	unsigned int probes_count;
	unsigned int loads;		/* of each cell in each state, instead of the cell's own */
	bool latency;
	bool locks;
	const char *backend;		/* of latency, and of locks: NULL for the first that works */
	const char *source;
};

/* What all CPUs are sampled by while loads run. */
struct session_sampling {
	unsigned int hz;		/* of each CPU, 1 to WIRE_HZ_MAX */
	const char *event;	/* "cycles" or "cpu-clock"; NULL: the first that works */
};

struct session_limits {
	unsigned int boot_s;		/* start to hello */
	unsigned int silence_s;		/* without a byte; not in counted mode, whose guest sends no ticks */
	unsigned int load_s;
};

enum session_class {
	SESSION_OK,
	SESSION_INFRA,		/* QEMU or this program */
	SESSION_KERNEL,		/* panic, splat, hang, nonsense on the channel */
	SESSION_TEST,		/* a load gave no result while the kernel is well */
	SESSION_INTERRUPTED,	/* by the person at the terminal */
	SESSION_REFUSED,	/* as SESSION_INFRA, and no other try helps */
};

struct session_end {
	enum session_class class;
	char *why;		/* a sentence, NULL when SESSION_OK */
	char *cell;		/* the cell under way when it failed, or NULL; borrowed from the spec */
	double boot_s;		/* start to hello */
	double loads_s;		/* the sum of request to result */
	double shutdown_s;	/* bye to the end of the guest */
};

struct session_spec {
	const struct runner *runner;
	const struct runner_boot *boot;
	const struct session_cell *cells;
	unsigned int cells_count;
	struct session_limits limits;
	const struct session_trace *trace;	/* NULL: a timed boot */
	const struct session_sampling *sampling;	/* NULL: no samples */
	/*
	 * Called with every record but ticks, errors and byes, in order, before the next request is sent. False
	 * ends the session with its error: the record could not be kept.
	 */
	bool (*on_record)(const struct record *record, void *data, GError **error);
	void *data;
};

/*
 * Runs the session. False only when on_record failed (its error is passed on); everything else is in *ret_end,
 * whose why the caller frees.
 */
bool session_run(const struct session_spec *spec, struct session_end *ret_end, GError **error);

/*
 * The requests of a session with these @cells and @trace, one JSON object per line, as they go into the
 * initramfs in counted mode. Caller frees.
 */
char *session_jobs(const struct session_cell *cells, unsigned int cells_count,
		   const struct session_trace *trace);
