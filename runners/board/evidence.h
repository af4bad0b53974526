/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "state.h"

/* What is known of a boot that went wrong, when the board is at home again. */
struct evidence {
	bool ran;		/* the agent was running: the kernel had come up */
	bool left;		/* and had ended in order: the kernel was to reboot */
	char *panic;		/* the console's last words of a panic, or NULL */
	char *record;		/* the first splat in what pstore kept, or NULL */
	bool watchdog;		/* the hardware says that its watchdog reset the board */
	bool same_boot;		/* it answers as if nothing had been: it only stood still */
	bool pending;		/* the boot loader has not taken the one boot */
	bool no_power;		/* it was found without power */
	bool by_itself;		/* it came back without us; otherwise we had to take its power, or to reboot it */
	bool mute;		/* it has a console, and that said nothing since the reboot */
};

/*
 * Whose fault it was, by the first rule that fits: a kernel is blamed only on evidence, or when it never came up
 * though it was started. *ret_why is a sentence; caller frees.
 */
enum board_blame evidence_judge(const struct evidence *e, char **ret_why);

void evidence_clear(struct evidence *e);
