/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/*
 * A cell of a table: @shown, and to sort by @value as the csv has it (an empty data-v when it is not finite).
 */
void number_cell(GString *out, double value, const char *shown);
