/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * What this machine can do for the harness, found out by trying. To add a check: a line in the table of
 * doctor.c and, where no function does it yet, one of type doctor_look in tool.c, rights.c or machine.c.
 */
enum doctor_mark {
	DOCTOR_OK,
	DOCTOR_LIMITED,		/* there, but not all that one could wish */
	DOCTOR_MISSING,
};

struct doctor_host {
	const char *root;	/* "" for this machine; tests: a folder with proc/ and sys/ in it */
	GPtrArray *accels;	/* from accel_probe(), for every architecture */
};

struct doctor_check;

struct doctor_finding {
	const struct doctor_check *check;
	enum doctor_mark mark;
	char *found;		/* one clause, no full stop */
	char *remedy;		/* what to do about it, or NULL */
};

/* Fills mark, found and, when it knows one, remedy. */
typedef void doctor_look(const struct doctor_check *check, const struct doctor_host *host,
			 struct doctor_finding *finding);

struct doctor_check {
	const char *name;
	doctor_look *look;
	const char *subject;	/* what to look at: a program, an accelerator, a folder */
	const char *package;	/* Debian's, or NULL */
	const char *least;	/* the least version or the GiB needed, or NULL */
	bool required;		/* no sweep runs without it */
	const char *lack;	/* what its lack costs */
	const char *arch;	/* of the guests of an accelerator */
};

doctor_look doctor_look_accel;		/* machine.c: @subject an accelerator */
doctor_look doctor_look_cpus;
doctor_look doctor_look_memory;
doctor_look doctor_look_cache;
doctor_look doctor_look_runs;
doctor_look doctor_look_tool;		/* tool.c: @subject a program that knows --version */
doctor_look doctor_look_profiler;	/*  a QEMU */
doctor_look doctor_look_agent;		/*  an architecture of guests */
doctor_look doctor_look_btf;		/* rights.c */
doctor_look doctor_look_bpf;
doctor_look doctor_look_counters;

/* All checks in the order of the table: an array of struct doctor_finding; the caller unrefs. */
GPtrArray *doctor_examine(const struct doctor_host *host);

/* "ok", "limited" or "missing" */
const char *doctor_mark_name(enum doctor_mark mark);

/* The names of the required checks that found MISSING, with commas; NULL when a sweep can run. Caller frees. */
char *doctor_obstacles(const GPtrArray *findings);

/* The first version number ("7.2.22") in @text, or NULL. Caller frees. */
char *doctor_find_version(const char *text);

/* Whether @version is at least @least, number by number: 1.9 < 1.22. */
bool doctor_version_reaches(const char *version, const char *least);
