/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "state.h"

/* What answered, when the board was only looked at. */
enum evidence_answer {
	ANSWER_NONE,		/* nothing: we had to take its power, or to reboot it */
	ANSWER_GOOD,		/* the good kernel, that came back by itself */
	ANSWER_STAYED,		/* the boot of the good kernel that was to be left */
	ANSWER_SAME,		/* the kernel under test as if nothing had been: it only stood still */
	ANSWER_LATE,		/* the kernel under test, which had not come up within its limit */
	ANSWER_POWERED,		/* the same, and only once its power had been taken */
	ANSWER_TWICE,		/* the kernel under test in another boot than before */
	ANSWER_ABROAD,		/* a kernel under test of another attempt */
};

/* What is known of a boot that went wrong, when the board is at home again. */
struct evidence {
	bool came_up;		/* the kernel under test answered within its limit */
	bool left;		/* all was done, and the kernel was asked to reboot */
	bool agent_ended;	/* the agent ended though nobody asked it to, and the connection stood */
	enum evidence_answer answer;
	char *panic;		/* the console's last words of a panic, or NULL */
	char *record;		/* the first splat in what pstore kept, or NULL */
	bool watchdog;		/* the hardware says that its watchdog reset the board */
	bool pending;		/* the boot loader has not taken the one boot */
	bool no_power;		/* it was found without power */
	bool mute;		/* it has a console, and that said nothing since the reboot */
};

/*
 * Whose fault it was, by the first rule that fits: a kernel is blamed only on evidence, or when it never came
 * up though it was started. *ret_why is a sentence; caller frees.
 */
enum board_blame evidence_judge(const struct evidence *e, char **ret_why);

void evidence_clear(struct evidence *e);
