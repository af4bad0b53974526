/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawing.h"
#include "journal/run.h"

/*
 * The lines over every chart, for the script's variables heading, figures and machine: what was compared, of
 * what
 * @figures are, and where they come from.
 */
void titles_set_run(struct drawing *d, const struct run *r, const char *figures);

/* The same for runs of attach, of which these are the manifests; @after may be NULL. @heading names them. */
void titles_set_attached(struct drawing *d, const char *heading, const json_t *before, const json_t *after,
			 const char *figures);
