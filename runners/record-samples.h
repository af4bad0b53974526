/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <jansson.h>
#include <stdbool.h>

/* What a "samples" record (wire.h) has to be, for record.c. */

/* A list of at most RECORD_NAMES_MAX names that can stand in a folded stack. */
bool record_samples_are_names(const json_t *list);

/* A list of at most RECORD_STACKS_MAX stacks: a count above 0, and 1 to RECORD_FRAMES_MAX numbers of names. */
bool record_samples_are_stacks(const json_t *list);

/* NULL, or what is wrong between its keys. */
const char *record_samples_check(const json_t *samples);
