/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Messages for the person at the terminal; all go to standard error, one line each, above what progress.h shows
 * there. Used by commands, never by the rooms below them: those return a GError.
 */
void msg_info(const char *format, ...) G_GNUC_PRINTF(1, 2);
void msg_warn(const char *format, ...) G_GNUC_PRINTF(1, 2);
void msg_err(const char *format, ...) G_GNUC_PRINTF(1, 2);

/*
 * How they are told, and progress with them, from now on. @quiet: only warnings and errors. @json: as JSON
 * Lines (docs/progress.md) instead of for people.
 */
void msg_set(bool quiet, bool json);
bool msg_is_quiet(void);
bool msg_is_json(void);
