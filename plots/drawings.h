/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawing.h"

/* The charts of one folder, which are drawn together. */
typedef struct drawings drawings;

/* Makes @dir when it is missing; NULL with BENCH_ERROR_INFRA when it cannot, or gnuplot is not installed. */
struct drawings *drawings_new(const char *dir, GError **error);
void drawings_free(struct drawings *all);

/* Takes @d, which has been described. */
void drawings_add(struct drawings *all, struct drawing *d);

/* Writes and draws them; @ret_charts as of chart_draw(). */
bool drawings_draw(struct drawings *all, GPtrArray *ret_charts, GError **error);

/* Writes  to the file NAMEEXTENSION of : what stands beside a picture, or is one. */
bool drawings_write(const char *dir, const char *name, const char *extension, const char *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(drawings, drawings_free)
