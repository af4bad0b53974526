/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawing.h"
#include "journal/run.h"
#include "render/comparison.h"

/*
 * The lines over every chart (style.gp): what was compared; @subject, what is drawn, with its unit and which
 * direction is better; @figures, of what the figures are; and the machine, its accelerator and @boots ("n = 8
 * boots of each arm"; NULL: not said).
 */
void titles_set_run(struct drawing *d, const struct run *r, const char *subject, const char *figures,
		    const char *boots);

/* The same of the timed pass: its metric stands before @figures, its loads and boots behind. */
void titles_set_timed(struct drawing *d, const struct comparison *c, const char *subject, const char *figures);

/*
 * The same for runs of attach, of which these are the manifests; @after may be NULL. @heading names them.
 */
void titles_set_attached(struct drawing *d, const char *heading, const json_t *before, const json_t *after,
			 const char *subject, const char *figures);

/* For who draws without gnuplot: what fits of a title, an id for a name, the line of the machine. Caller
 * frees. */
char *titles_heading(const char *heading);
char *titles_id(const char *name);
char *titles_machine(const struct run *r, const char *boots);

/* "n = 7 boots", "n = 5 to 7 boots of an arm". Caller frees. */
char *titles_boots(guint fewest, guint most);

/*
 * The same of the timed boots of the arms that may stand beside each other, in their fullest and emptiest row.
 */
char *titles_timed_boots(const struct comparison *c);

/* Whether the figures of @arm may stand in one chart with those of others. */
bool titles_is_beside(const struct comparison_arm *arm);
