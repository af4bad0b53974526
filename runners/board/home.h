/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "attempt.h"

/* Waiting for a board, and bringing it to its good kernel. */

enum home_answer {
	HOME_TEST,		/* the kernel of this attempt */
	HOME_ABROAD,		/* one of another attempt */
	HOME_GOOD,
	HOME_UNKNOWN,		/* a kernel without any attempt's token that is not the good one */
	HOME_SAME,		/* the boot that was not waited for was the last to answer */
	HOME_SILENT,
	HOME_REFUSED,
	HOME_INTERRUPTED,
};

/*
 * Asks until another boot than @not_boot_id (NULL: any) answers, for at most @limit_s; @ret_facts is only set
 * by the first four. *ret_why is what ssh said last, when it is no answer; caller frees.
 */
enum home_answer home_wait(struct attempt *a, const char *not_boot_id, unsigned int limit_s,
			   struct facts *ret_facts, char **ret_why);

/*
 * Compares the good system with what it was before the first boot of the run, which is noted when this is it.
 * False with BENCH_ERROR_REFUSED when it was changed, with BENCH_ERROR_INFRA when it cannot be compared.
 */
bool home_check_good(struct attempt *a, GError **error);

/* BOARD_RECOVER: by itself, by a reboot, by taking its power. */
enum board_event home_recover(struct attempt *a, char **ret_reason);

/* The good kernel answers: takes what a crash left, then everything of ours away, and compares. */
enum board_event home_settle(struct attempt *a, char **ret_reason);
