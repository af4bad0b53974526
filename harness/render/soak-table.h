/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "render/soak.h"
#include "render/table.h"

/* Appends what @s has done and found. A csv has the arms alone. */
void soak_table_render(const struct soak *s, enum table_format format, GString *out);

/* What stands below its heading. */
void soak_table_print(const struct page *p, const struct soak *s);
