/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "runners/agent/gate.h"
#include "runners/agent/request.h"

#include <jansson.h>
#include <stdint.h>

/*
 * The records of runners/wire.h, each written to @fd as one line. A host that is gone ends the machine's
 * purpose: when a record cannot be written, answer_lost() (main.c) is called, which does not return. @rq is
 * the load that a record belongs to, or NULL: its cell and load are then null.
 */
struct load_result {
	const uint64_t *workers_us;	/* as many as @rq says */
	uint64_t wall_us;
	int64_t taint;			/* negative: the kernel does not say */
	const char *probe;		/* state of the probe, NULL in a boot that is not traced */
};

void answer_hello(int fd, int64_t taint);
void answer_tick(int fd);
void answer_load(int fd, const struct request *rq, const struct load_result *result);
/* What a tracer or sampler says of itself. Takes the reference. */
void answer_set(int fd, json_t *record);
/* What it collected during , an array of records or NULL. Takes the reference. */
void answer_collected(int fd, const struct request *rq, json_t *records);
void answer_splat(int fd, const struct request *rq, const struct gate_hit *hit, int64_t taint);
void answer_error(int fd, const struct request *rq, const char *why);
void answer_bye(int fd);

_Noreturn void answer_lost(void);
