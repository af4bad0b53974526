/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/*
 * @text, a page of tables, for @fd: on a terminal with colour the marks (I) and (R) at the ends of lines have
 * one, else it is as it was. Returns a string the caller frees.
 */
char *paint_marks(const char *text, int fd);
