/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "view.h"

/*
 * The sections of the page about a run, each with a heading <h3>; @nav receives links to them, as items of a
 * list. What the run has nothing of has no section.
 */
void sections_add(const struct view *v, GString *nav, GString *out);
