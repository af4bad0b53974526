/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/* A cell of a table: @shown, and @value as the csv has it (an empty data-v when it is not finite) to sort by. */
void number_cell(GString *out, double value, const char *shown);
