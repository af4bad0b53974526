/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "render/comparison.h"

/*
 * One answer for a script out of all rows of the tables of times (docs/exit-status.md). In the order of what
 * measuring again could take back: the worst wins.
 */
enum gate_outcome {
	GATE_PASSED,
	GATE_CANNOT_TELL,
	GATE_INFRA,		/* boots that the plan asks for are missing */
	GATE_REGRESSED,
	GATE_KERNEL,		/* a kernel failed */
};

typedef struct gate {
	enum gate_outcome outcome;
	GString *rows;		/* those that made it so, with their arms: "full_fit_alloc_test/1 of mt, ..." */
	unsigned int count;
} gate;

/* @only: judge this arm alone, or NULL: all that have a table. */
struct gate *gate_new(const struct comparison *c, const struct comparison_arm *only);
void gate_free(struct gate *g);

/* For other tables: an empty gate that has passed, what to put into it, and a row of @name judged by its
 * verdict. */
struct gate *gate_open(void);
void gate_add(struct gate *g, enum gate_outcome outcome, const char *format, ...) G_GNUC_PRINTF(3, 4);
void gate_add_row(struct gate *g, const struct contrast *row, const char *cell, const char *name);

/* The exit status: 0 passed, 1 regressed, 2 cannot tell, 3 kernel, 4 infra. */
int gate_status(const struct gate *g);

/* "gate: regressed: full_fit_alloc_test/1 of mt"; caller frees. */
char *gate_sentence(const struct gate *g);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(gate, gate_free)
