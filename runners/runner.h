/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The profiler in the emulator (runners/profile/). */
struct runner_profile {
	const char *map;		/* System.map of the kernel */
	const char *out;		/* gets a line for each load */
	const char *functions;		/* whose calls it follows: NAME:NAME:... */
};

/*
 * A runner starts a kernel on a machine and gives a channel to the agent inside. It knows nothing of cells or
 * journals. To add one: a file with a `const struct runner`, and a line in runner.c.
 */
struct runner_boot {
	const char *image;		/* bzImage, Image */
	const char *initramfs;		/* agent, module and, in counted mode, jobs; see initramfs.h */
	const char *append;		/* more kernel parameters, or NULL */
	const char *arch;		/* x86_64, arm64 */
	const char *accel;		/* kvm | tcg | counted */
	unsigned int smp;
	bool nodes;			/* counted: 4 possible CPUs, 1 online */
	unsigned int memory_mib;
	const char *console_path;	/* the kernel's console goes here */
	const struct runner_profile *profile;	/* counted; NULL: no profiler */
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

/* Each runner's own begins with this. */
struct target {
	const struct runner *runner;
	int channel_fd; /* both directions of the channel to the agent, non-blocking; owned by the target */
};

struct runner {
	const char *name;
	/* Starts @boot. The error is BENCH_ERROR_INFRA. */
	struct target *(*start)(const struct runner_boot *boot, GError **error);
	/* The guest is up: what can only be done now (pinning). Returns what was done as a few words, NULL for
	 * nothing. */
	const char *(*up)(struct target *t);
	/* How it ended; waits up to @wait_ms for the end. *ret_why is a sentence, NULL while it runs; caller
	 * frees. */
	enum runner_end (*end)(struct target *t, int wait_ms, char **ret_why);
	/* Ends it if it still runs, at once, and frees. NULL is a no-op. */
	void (*stop)(struct target *t);
	/* The command that @boot stands for, quoted for a shell, for the record: channels and initramfs are
	 * those of the moment. Caller frees. */
	char *(*command)(const struct runner_boot *boot);
};

/* The runner of that name, or NULL. */
const struct runner *runner_find(const char *name);
