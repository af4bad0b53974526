/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/comparison.h"

/* The arms of a chart, as their indices (guint) in the comparison. The caller frees what is returned. */

/* The baseline, and those that are shown and not @refused (refusal.h): a sentence for each arm, or NULL. */
GArray *arms_traced(const struct comparison *c, char *const *refused);

/* Their names, borrowed. */
GPtrArray *arms_names(const struct comparison *c, const GArray *arms);

/* How many boots of the tracing pass they have, as titles_boots() says it. */
char *arms_traced_boots(const struct comparison *c, const GArray *arms);
