/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "bpf/trace.h"
#include "journal/attach-run.h"

enum attach_form {
	ATTACH_SCREEN,		/* a terminal, drawn anew at each interval; the total when it is given back */
	ATTACH_TEXT,		/* a block of lines at each interval, and the total */
	ATTACH_JSON,		/* the records, one on each line */
};

struct attach_options {
	double interval_s;
	double for_s;		/* 0: until a signal, as also the key q or the end of who reads our output */
	enum attach_form form;
	const char *kernel;	/* its release, for the title */
};

/*
 * Reads @trace at each interval, shows that on standard output and appends it to @log (may be NULL), until the
 * end @options asks for; interrupt_catch() was called before. @described is trace_describe(). Nobody reading
 * any more is an end in order. False with an error (BENCH_ERROR_INFRA: the disk; BENCH_ERROR_FAILED: the
 * collectors, or a signal before for_s had passed); what was read until then is in the log.
 */
bool attach_watch(struct trace *trace, const json_t *described, struct attach_log *log,
		  const struct attach_options *options, GError **error);
