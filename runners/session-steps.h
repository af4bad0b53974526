/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "session.h"

/* What a session asks of the agent between the hello and the bye, one request after the other. */
struct session_step {
	const struct session_cell *cell;
	const char *probe;	/* the state of the probe, NULL without a tracing pass */
	bool sets_probe;	/* puts it into that state; otherwise a load */
	const struct session_sampling *sampling;	/* switches samples on; NULL: otherwise */
	bool setup;		/* a load with the cell's setup_params */
	unsigned int load;
};

/*
 * Array of struct session_step; caller frees. @trace NULL: each cell's own loads, without a probe. @sampling
 * (may be NULL) is asked for before all loads, and must live as long.
 */
GArray *session_steps_new(const struct session_cell *cells, unsigned int cells_count,
			  const struct session_trace *trace, const struct session_sampling *sampling);

/* The request (wire.h) for @step. New reference. */
json_t *session_step_request(const struct session_step *step, const struct session_trace *trace,
			     unsigned int tick_ms);
