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

/* A file of the payload. */
struct runner_file {
	const char *name;	/* relative, at most one folder deep */
	bool program;		/* executable */
	const char *source;	/* the file to copy, or NULL for the content in @data */
	const void *data;
	size_t size;		/* bytes of @data */
};

/* One step of a machine that has states (a board), as it happens. */
struct runner_state {
	const char *from, *to;	/* names of states */
	const char *event;	/* what led there, one word */
	const char *why;	/* a clause, or NULL */
	double at_s;		/* since start() */
};

/*
 * A runner starts a kernel on a machine and gives a channel to the agent inside. It knows nothing of cells or
 * journals. To add one: a file with a `const struct runner`, and a line in runner.c.
 */
struct runner_boot {
	const char *image;		/* bzImage, Image */
	/*
	 * What the machine gets beside the kernel: the agent (WIRE_AGENT), modules, in counted mode the
	 * requests.
	 */
	const struct runner_file *payload;
	size_t payload_count;
	const char *initramfs;		/* where a runner that packs the payload into one may write it */
	const char *append;		/* more kernel parameters, or NULL */
	const char *arch;		/* x86_64, arm64 */
	const char *accel;		/* kvm | hvf | tcg | counted */
	const char *cpu;		/* its model, as QEMU calls it; NULL: the default of arch and accel */
	unsigned int smp;
	bool nodes;			/* counted: 4 possible CPUs, 1 online */
	unsigned int memory_mib;
	const char *console_path;	/* the kernel's console goes here */
	const struct runner_profile *profile;	/* counted; NULL: no profiler */
	struct hold *hold;		/* of the runner "board": what it runs on */
	/* what the kernel must call itself, and its GNU build id; NULL: not known */
	const char *release;
	const char *build_id;
	void (*on_state)(const struct runner_state *state, void *data);	/* or NULL */
	void *data;
};

/* What the runner itself knows of how the target ended. */
enum runner_end {
	RUNNER_RUNNING,
	RUNNER_POWEROFF,	/* in order: the guest asked for it, the board is on its good kernel again */
	RUNNER_PANIC,		/* the kernel died, and said so */
	RUNNER_RESET,		/* triple fault or a reboot that nobody asked for */
	RUNNER_KILLED,		/* the board lost power, the emulator died or was killed by somebody else */
	RUNNER_BROKEN,		/* the emulator could not start or reported an error */
	RUNNER_REFUSED,		/* somebody has to mend the machine before anything else can run on it */
};

/* Each runner's own begins with this. */
struct target {
	const struct runner *runner;
	int channel_fd; /* both directions of the channel to the agent, non-blocking; owned by the target */
};

struct runner {
	const char *name;
	/*
	 * Starts @boot. The error is BENCH_ERROR_INFRA; BENCH_ERROR_REFUSED when no other try helps,
	 * BENCH_ERROR_KERNEL when the kernel was started and did not come up.
	 */
	struct target *(*start)(const struct runner_boot *boot, GError **error);
	/* The guest is up: what can only be done now (pinning). Returns what was done as a few words, NULL for
	 * nothing. */
	const char *(*up)(struct target *t);
	/*
	 * How it ended; waits up to @wait_ms for the end, and, where the cause has to be looked for on a board
	 * that comes back, as long as that takes. *ret_why is a sentence, NULL while it runs; caller frees.
	 */
	enum runner_end (*end)(struct target *t, int wait_ms, char **ret_why);
	/*
	 * Ends it if it still runs, at once (a board is brought home first), and frees. False when somebody has
	 * to mend the machine before anything else can run on it, which end() has not said; *ret_why is a
	 * sentence then; caller frees.
	 */
	bool (*stop)(struct target *t, char **ret_why);
	/* The command that @boot stands for, quoted for a shell, for the record: channels and initramfs are
	 * those of the moment. Caller frees. */
	char *(*command)(const struct runner_boot *boot);
};

/* The runner of that name, or NULL. */
const struct runner *runner_find(const char *name);
