/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/*
 * A runner starts a kernel on a machine and gives a channel to the agent inside. It knows nothing of cells or
 * journals. To add one: a file with a `const struct runner`, and a line in runner.c.
 */
struct runner_boot {
	const char *image;
	const char *module;
	const char *agent;
	const char *append;		/* more kernel parameters, or NULL */
	const char *arch;
	const char *accel;		/* kvm | tcg | counted */
	const char *jobs;		/* counted: all requests, one JSON object per line; otherwise NULL */
	unsigned int smp;
	bool nodes;			/* counted: 4 possible CPUs, 1 online */
	unsigned int memory_mib;
	const char *console_path;	/* the kernel's console goes here */
};

/* What the runner itself knows of how the target ended. */
enum runner_end {
	RUNNER_RUNNING,
	RUNNER_POWEROFF,	/* the guest asked for it */
	RUNNER_PANIC,		/* pvpanic */
	RUNNER_RESET,		/* triple fault or a reboot that nobody asked for */
	RUNNER_KILLED,		/* the emulator died or was killed by somebody else */
	RUNNER_BROKEN,		/* the emulator could not start or reported an error */
};

struct target;			/* each runner's own */

struct runner {
	const char *name;
	/* Starts @boot; what has to be running is running when it returns. */
	struct target *(*start)(const struct runner_boot *boot, GError **error);
	/* Both directions of the channel to the agent; borrowed. */
	GIOStream *(*channel)(struct target *t);
	/* How it ended; waits up to @wait_ms for the end. *ret_why (may be NULL; caller frees) is a sentence. */
	enum runner_end (*end)(struct target *t, unsigned int wait_ms, char **ret_why);
	/* Ends it at once; the end is then not an event any more. */
	void (*kill)(struct target *t);
	void (*free)(struct target *t);
};

/* The runner of that name, or NULL. */
const struct runner *runner_find(const char *name);
