/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

#include "runner.h"

/*
 * What QEMU's monitor said (one JSON object per line, QEMU's docs/interop/qmp-spec.txt), read for the cause of the
 * guest's end. @text is everything that came from it, a torn last line is left out.
 */
enum runner_end qmp_end(const char *text, char **ret_why);

/* The commands that make the monitor report events. */
extern const char qmp_greeting[];
