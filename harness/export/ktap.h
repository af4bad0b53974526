/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/*
 * Appends the verdicts of @sources (struct source *) to @out as KTAP version 1 (docs/export.md): a test for
 * each arm with one for each row in it; of several machines a level more.
 */
void ktap_print(const GPtrArray *sources, GString *out);
