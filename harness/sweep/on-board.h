/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "plan/plan.h"
#include "runners/board/hold.h"

/*
 * What the manifest of a run of @p on a board says of that: its file, and what it answers when it is asked,
 * now, on its good kernel and while nobody else uses it. New reference. The plan's rows have to fit its CPUs.
 */
json_t *on_board_describe(const struct plan *p, GPtrArray *rows, GError **error);

/*
 * The board of a run with the "board" @described in its manifest: its file may have been mended since, but what
 * decides what is measured, and how it boots, is the same (otherwise BENCH_ERROR_USAGE). It is held for
 * the run in the folder @dir.
 */
struct hold *on_board_open(const json_t *described, const char *dir, GError **error);
