/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/* Messages for the person at the terminal; all go to standard error, one line each. Used by commands, never by
 * the rooms below them: those return a GError. */

void msg_info(const char *format, ...) G_GNUC_PRINTF(1, 2);
void msg_warn(const char *format, ...) G_GNUC_PRINTF(1, 2);
void msg_err(const char *format, ...) G_GNUC_PRINTF(1, 2);
