/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

/*
 * Ctrl-C, SIGTERM and SIGHUP as something to poll for, so that a run ends in order: guests stopped, journal
 * whole. A second signal ends the program at once.
 */
void interrupt_catch(void);

/* True since the first signal. */
bool interrupt_pending(void);

/* Becomes readable with the first signal, and stays so; -1 before interrupt_catch(). */
int interrupt_fd(void);
