/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/* @words (char *) joined by blanks, for gnuplot's word(); a blank inside of one becomes "_". Caller frees. */
char *words_join(const GPtrArray *words);
