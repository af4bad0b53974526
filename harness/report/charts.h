/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "view.h"

/* The view's charts, as pictures in the page. That one cannot be read is said in its place. */
void charts_add(const struct view *v, GString *out);
