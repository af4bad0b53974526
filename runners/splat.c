// SPDX-License-Identifier: GPL-2.0-only
#include "runners/splat.h"

#include <string.h>

/*
 * @start stands at the begin of the message or after one tag of its subsystem ("watchdog: "); @then anywhere
 * behind it. Where both are given both are needed. The first entry that matches names the kind: special
 * before general.
 */
struct pattern {
	struct splat splat;
	const char *start;
	const char *then;
};

static const struct pattern patterns[] = {
	{ { "panic" }, "Kernel panic - not syncing", NULL },

	{ { "kasan" }, "BUG: KASAN:", NULL },
	{ { "kasan" }, "KASAN: ", " in range [" },
	{ { "kasan" }, "Internal error: Oops - KASAN:", NULL },
	{ { "kfence" }, "BUG: KFENCE:", NULL },
	{ { "kcsan" }, "BUG: KCSAN:", NULL },
	{ { "kmsan" }, "BUG: KMSAN:", NULL },
	{ { "ubsan" }, "UBSAN: ", " in " },
	{ { "ubsan" }, "Internal error: UBSAN:", NULL },

	{ { "lockdep" }, "WARNING: possible circular locking", NULL },
	{ { "lockdep" }, "WARNING: possible recursive locking", NULL },
	{ { "lockdep" }, "WARNING: possible irq lock inversion", NULL },
	{ { "lockdep" }, "WARNING: ", "-unsafe lock order detected" },
	{ { "lockdep" }, "WARNING: inconsistent lock state", NULL },
	{ { "lockdep" }, "WARNING: suspicious RCU usage", NULL },
	{ { "lockdep" }, "WARNING: Nested lock was not taken", NULL },
	{ { "lockdep" }, "WARNING: bad unlock balance", NULL },
	{ { "lockdep" }, "WARNING: bad contention", NULL },
	{ { "lockdep" }, "WARNING: held lock freed", NULL },
	{ { "lockdep" }, "WARNING: lock held when returning to user space", NULL },
	{ { "lockdep" }, "WARNING: ", " still has locks held" },
	{ { "lockdep" }, "WARNING: chain_key collision", NULL },
	{ { "lockdep" }, "[ BUG: ", NULL },
	{ { "lockdep" }, "INFO: trying to register non-static key", NULL },
	{ { "lockdep" }, "BUG: MAX_", " too low!" },
	{ { "lockdep" }, "BUG: looking up invalid subclass", NULL },
	{ { "lockdep" }, "BUG: key ", " has not been registered" },

	{ { "atomic" }, "BUG: sleeping function called from invalid context", NULL },
	{ { "atomic" }, "BUG: scheduling while atomic", NULL },
	{ { "atomic" }, "BUG: scheduling in a non-blocking section", NULL },
	{ { "atomic" }, "BUG: assuming ", " context at " },
	{ { "atomic" }, "BUG: using ", " in preemptible [" },

	{ { "lockup" }, "BUG: soft lockup", NULL },
	{ { "lockup" }, NULL, "Watchdog detected hard LOCKUP on cpu" },
	{ { "lockup" }, NULL, " non-responsive CSD lock (#" },
	{ { "workqueue" }, "BUG: workqueue lockup", NULL },
	{ { "rcu-stall" }, "INFO: ", " self-detected stall on CPU" },
	{ { "rcu-stall" }, "INFO: ", " detected stall" },
	{ { "rcu-stall" }, "INFO: ", " detected expedited stall" },
	{ { "hung-task" }, "INFO: task ", " for more than " },

	{ { "oom" }, NULL, " invoked oom-killer: " },
	{ { "oom" }, "Out of memory", NULL },
	{ { "oom" }, "Memory cgroup out of memory", NULL },
	{ { "alloc" }, NULL, ": page allocation failure: order:" },
	{ { "vmalloc" }, NULL, ": vmalloc error: size " },
	{ { "vmalloc" }, "vmap allocation for size ", " failed" },
	{ { "vmalloc" }, "vmalloc_node_range for size ", " failed" },

	{ { "refcount" }, "refcount_t: ", NULL },
	{ { "list" }, "list_add corruption", NULL },
	{ { "list" }, "list_add double add", NULL },
	{ { "list" }, "list_del corruption", NULL },
	{ { "slab" }, "BUG ", " (Not tainted): " },
	{ { "slab" }, "BUG ", " (Tainted: " },
	{ { "page" }, "BUG: Bad page", NULL },

	{ { "bug" }, "kernel BUG at ", NULL },
	{ { "bug" }, "Internal error: Oops - BUG:", NULL },	/* arm64 that does not say where */
	{ { "oops" }, "BUG: unable to handle ", NULL },
	{ { "oops" }, "BUG: kernel NULL pointer dereference", NULL },
	{ { "oops" }, "Unable to handle kernel ", NULL },
	{ { "oops" }, "Oops", NULL },
	{ { "oops" }, "Internal error: ", NULL },
	{ { "oops" }, "SError Interrupt on CPU", NULL },
	{ { "oops" }, "Insufficient stack space to handle exception", NULL },
	{ { "oops" }, "Unhandled ", " exception on CPU" },
	{ { "oops" }, "Unexpected kernel BRK exception at EL1", NULL },
	{ { "oops" }, "general protection fault", NULL },
	{ { "oops" }, "PANIC: double fault", NULL },
	{ { "oops" }, NULL, ": 0000 [#" },	/* x86 before 6.10: "divide error: 0000 [#1] SMP" */

	{ { "warn" }, "WARNING: CPU: ", " PID: " },	/* until 6.18 */
	{ { "warn" }, "WARNING: ", ", CPU#" },		/* since */
	{ { "bug" }, "BUG: ", NULL },
};

/* Lines that repeat what somebody else wrote. */
static const char *const quotes[] = {
	"Command line: ",
	"Kernel command line: ",
	"Unknown kernel command line parameters ",
	"Malformed early option ",
};

static bool starts(const char *line, size_t length, const char *with)
{
	size_t n = strlen(with);

	return length >= n && memcmp(line, with, n) == 0;
}

/* The length of a tag such as "NMI watchdog: " or "rcu: " at the begin of @line: at most two words and ": ". */
static size_t tag_length(const char *line, size_t length)
{
	const char *end = memmem(line, length, ": ", 2);
	unsigned int spaces = 0;
	const char *p;

	if (!end)
		return 0;
	for (p = line; p < end; p++)
		spaces += *p == ' ';
	return spaces <= 1 ? (size_t)(end - line) + 2 : 0;
}

static bool matches(const struct pattern *p, const char *line, size_t length)
{
	size_t skip = 0;

	if (p->start) {
		if (!starts(line, length, p->start))
			return false;
		skip = strlen(p->start);
	}
	return !p->then || memmem(line + skip, length - skip, p->then, strlen(p->then));
}

const struct splat *splat_match(const char *line, size_t length)
{
	size_t tag = tag_length(line, length);
	size_t i;

	for (i = 0; i < sizeof(quotes) / sizeof(quotes[0]); i++)
		if (starts(line, length, quotes[i]))
			return NULL;

	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (matches(&patterns[i], line, length) ||
		    (tag && matches(&patterns[i], line + tag, length - tag)))
			return &patterns[i].splat;
	return NULL;
}

/* The length of "<4>" or of "[    1.234567] " or "[  T12] " at the begin of @line; 0 when there is none. */
static size_t stamp_length(const char *line, size_t length)
{
	char close = '\0';
	size_t i;

	if (length > 0)
		close = line[0] == '<' ? '>' : line[0] == '[' ? ']' : '\0';
	if (!close)
		return 0;
	for (i = 1; i < length && line[i] != close; i++)
		if (!strchr("0123456789 .TC", line[i]) || line[i] == '\0')
			return 0;
	if (i == length)
		return 0;
	i++;
	return i < length && line[i] == ' ' ? i + 1 : i;
}

const struct splat *splat_match_console(const char *line, size_t length)
{
	size_t skip;

	while ((skip = stamp_length(line, length)) > 0) {
		line += skip;
		length -= skip;
	}
	return splat_match(line, length);
}
