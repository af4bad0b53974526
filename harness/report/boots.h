/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "view.h"

/* Every boot of every arm behind each row: its figure, and those of its loads. */
void boots_add(const struct view *v, GString *out);

/* The name of the place of row @cell in the page. Caller frees. */
char *boots_place(const struct view *v, guint cell);
