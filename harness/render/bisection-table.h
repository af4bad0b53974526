/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "base/json.h"
#include "page.h"
#include "plan/bisection.h"
#include "plan/plan.h"

/* What a bisection was of. */
struct bisection_subject {
	const struct plan *plan;	/* with all patches (plan-series.h) */
	const char *row;
	bool counted;
	unsigned int boots;		/* of each kernel in each comparison */
	double alpha;			/* of all comparisons together */
};

/* What it will take, told before the first boot; and how it went, with the patches that are left. */
void bisection_table_budget(const struct page *p, const struct bisection_subject *of);
void bisection_table_print(const struct page *p, const struct bisection *b, const struct bisection_subject *of);

/* The same for programs. New reference. */
json_t *bisection_table_data(const struct bisection *b, const struct bisection_subject *of);
