/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "view.h"

/*
 * The rows of each arm with a table: estimate, interval, p and verdict, and a picture of them. The name of a
 * row leads to its boots (boots.h). What is shown rounded has in data-v what `compare --format csv` has.
 */
void rows_add(const struct view *v, GString *out);
