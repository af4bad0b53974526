/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "runner.h"

/*
 * What QEMU's monitor said (one JSON object per line, QEMU's docs/interop/qmp-spec.txt), read for the cause of
 * the guest's end. @text is everything that came from it, a torn last line is left out.
 */
enum runner_end qmp_end(const char *text, char **ret_why);

/* Whether a line of the monitor is one that qmp_end() may need. */
bool qmp_is_end(const char *line);

/* The commands that make the monitor report events. */
extern const char qmp_greeting[];
