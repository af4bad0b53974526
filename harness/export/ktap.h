/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "source.h"

/*
 * Appends the verdicts of @sources to @out as KTAP version 1 (docs/export.md): a test for
 * each arm with one for each row in it; of several machines a level more.
 */
void ktap_print(const struct source_list *sources, GString *out);
