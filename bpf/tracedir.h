/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Where tracefs is, and what processes of ours left there. */

/*
 * Finds where tracefs is mounted and tells libtracefs, which would mount it otherwise. False with a sentence in
 * @why: it is mounted nowhere, or this kernel has none, or we may not look into it.
 */
bool tracedir_find(char *why, size_t size);

/*
 * A name for an instance of this process, and for a group of probes, that no other has: "vmapbench_PID_N".
 * @size is at least TRACEDIR_NAME.
 */
#define TRACEDIR_NAME 48
void tracedir_name(char *name, size_t size);

/* Removes instances and probes of such names whose process is no more. */
void tracedir_clean(void);
