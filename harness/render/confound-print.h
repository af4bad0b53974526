/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/confound.h"
#include "render/page.h"

/* What differs between two arms, for readers. @baseline and @candidate are what the two are called. */

/* In the place of a table: why there is none, as a diff, and how to have one. */
void confound_print_refusal(const struct page *p, const struct confound *c, const char *baseline,
			    const char *candidate);

/* Below the table: what was allowed to differ, and which lines of the configuration came out different. */
void confound_add_notes(GPtrArray *notes, const struct confound *c, const char *baseline,
			const char *candidate);

/* Every difference: an array of objects with key, baseline, candidate, why. New reference. */
json_t *confound_json(const struct confound *c);
