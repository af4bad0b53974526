/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "runners/agent/gate.h"
#include "runners/agent/kmsg.h"
#include "runners/agent/request.h"

#include <stdbool.h>
#include <stdint.h>

/* Follows the kernel's log and its taint from boot to the end, and sends every report that it finds. */
struct watch {
	struct kmsg kmsg;
	struct gate gate;
	int port;			/* records are written to it */
	int host;			/* what the host says comes from it, and its end; -1: nobody listens (counted mode) */
	uint64_t logged_taint;		/* from the log, for kernels without sysctl */
	uint64_t known_taint;		/* bits that were reported or are harmless */
	bool load_was_run;
	uint32_t modules_loaded;		/* a bit for each that was (workload.h) */
	uint32_t splats;		/* between loads, since the taint was checked last */
};

/* What happens to the log while a load runs; NULL between loads. */
struct watch_load {
	const struct request *rq;
	uint32_t module;		/* the bit of the one that it loads; 0: none */
	uint32_t splats;		/* counted here */
	void *data;
	/* Called for each record, also for those of processes. */
	void (*line)(void *data, const struct kmsg_record *record);
};

/* From the begin of the log. False with errno when there is no /dev/kmsg. */
bool watch_open(struct watch *watch, int port, int host);

/* What is in the log, and the taint as it is, were there before us: only what comes now is reported. */
void watch_forget(struct watch *watch);

/* Reads what is in the log now. False with errno when the log cannot be read. */
bool watch_drain(struct watch *watch, struct watch_load *load);

/* The kernel's taint now; negative while it is unknown. */
int64_t watch_taint(const struct watch *watch);

/* Sends @hit as a report that is not in the log. */
void watch_report(struct watch *watch, struct watch_load *load, const struct gate_hit *hit);

/*
 * Sends a report of kind "taint" about bits that are new, unless a report since the last check explains them.
 * Bits that say nothing about the health of the kernel are harmless (runners/agent/taint.h), those of module
 * loading only when a module is loaded for the first time.
 */
void watch_check_taint(struct watch *watch, struct watch_load *load);

/* Between loads: reads the log and checks the taint. False with errno when the log cannot be read. */
bool watch_catch_up(struct watch *watch);
