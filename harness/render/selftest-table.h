/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "render/page.h"
#include "render/selftest.h"

/* Appends what one run of canaries, with its run of nulls, has shown. @c: the comparison of the canaries. */
void selftest_table_print(const struct page *p, const struct selftest *s, const struct comparison *c);

/* What the columns mean. */
void selftest_table_legend(const struct page *p);
