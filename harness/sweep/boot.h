/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "journal/journal.h"
#include "journal/run.h"
#include "kernels/kernel.h"
#include "plan/schedule.h"

/* No arm's name can contain it. */
#define BOOT_ATTEMPT_MARK '+'

/* Where a boot belongs; all borrowed. */
struct boot_place {
	const struct run *run;
	struct journal *journal;
	const struct kernel *kernel;
	struct hold *hold;		/* of the board; NULL: the machine is none */
	void (*on_load)(const char *cell, void *data);	/* a load of that row was journaled */
	void *data;
};

struct boot_outcome {
	enum run_class class;
	char *why;		/* NULL when RUN_OK; the caller frees */
	bool refused;		/* RUN_INFRA, and no other try helps */
	double guest_s;		/* boot, loads and shutdown of the guest */
};

/* The part that all records of kind "boot" have. New reference. */
json_t *boot_record(unsigned int block, const char *arm, const char *name, bool traced, const char *event);

/*
 * Runs one boot of the schedule and journals it: a start, what the agent sends, an end. @attempt is 0 for the
 * first; it becomes part of the boot's name. False only when the journal could not be written.
 */
bool boot_run(const struct boot_place *place, const struct schedule_boot *boot, unsigned int attempt,
	      struct boot_outcome *ret_outcome, GError **error);
