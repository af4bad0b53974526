/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "check.h"
#include "runners/board/facts.h"
#include "runners/board/serial.h"

/* What is known of the board on the way. */
struct check {
	const struct check_options *options;
	struct board board;    /* as in its file, but for boot.initrd: all that it points to is borrowed */
	char *initrd;	       /* a copy of the good kernel's, when that is the one that is booted; or NULL */
	struct facts good;     /* of the good kernel's first boot; zeroes until it has answered */
	char *fingerprint;     /* of what boots by default */
	struct serial *serial; /* NULL: no console */
	char *console_path;    /* a file of its own, removed at the end */
	bool patient;	       /* on the way home, which no Ctrl-C shortens */
	bool dirty;	       /* something of ours is, or may be, on the board */
	char *token;	       /* of the kernel that is armed or runs; NULL: the good one runs */
	GPtrArray *records;    /* crash_list() before the crash, or NULL */
};

/* look.c: nothing on the board is changed but the files of boot.dir. */
check_look check_ssh, check_root, check_kernel, check_arch, check_room, check_agent, check_default,
	check_method, check_secure_boot, check_console, check_power, check_watchdog, check_pstore, check_clock;

/* try.c */
check_look check_one_shot, check_fallback, check_record, check_power_cut;

/* try.c: the good kernel again, whatever it takes; nothing of ours remains. False with a clause in *ret_why. */
bool check_go_home(struct check *c, char **ret_why);

/* Sets @f; returns true when @mark is CHECK_OK. */
bool check_set(struct check_finding *f, enum check_mark mark, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* As CHECK_MISSING with the words of @error, which is freed. */
void check_set_error(struct check_finding *f, GError *error);

/* The lines that @script says on the board, at least @count of them; NULL after check_set_error(). Caller
 * frees. */
char **check_ask(struct check *c, struct check_finding *f, const char *script, const char *argument,
		 guint count);
