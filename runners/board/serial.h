/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "board.h"

/*
 * The board's console: the output of the board file's command, appended to a file as it comes and watched for
 * what a kernel says of its own death.
 */
typedef struct serial serial;

/* NULL without error when @b has no console; NULL with BENCH_ERROR_INFRA when its command cannot be started. */
struct serial *serial_open(const struct board *b, const char *path, GError **error);

/* Ends the command. NULL is a no-op. */
void serial_close(struct serial *s);

/*
 * Takes what has come, without waiting. To be called at least every second while the board is waited for. A
 * command that ended is started again, at most once every 5 s.
 */
void serial_poll(struct serial *s);

/* Seconds since its last byte, since it was opened when there was none. */
unsigned int serial_silence_s(const struct serial *s);

/*
 * The last line since serial_forget() that has "Kernel panic - not syncing" in it, NULL when there is none;
 * what other machinery calls a splat is found by runners/splat.h in the file. Borrowed.
 */
const char *serial_panic(const struct serial *s);
void serial_forget(struct serial *s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(serial, serial_close)
