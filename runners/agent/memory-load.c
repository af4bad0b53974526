// SPDX-License-Identifier: GPL-2.0-only
/*
 * What areas cost: a module holds so many of them, and what the kernel says of its memory is read before, while
 * they are there, after they were freed, and when its caches were dropped (docs/memory.md).
 */
#include "runners/agent/background.h"
#include "runners/agent/clock.h"
#include "runners/agent/cycle-options.h"
#include "runners/agent/last-words.h"
#include "runners/agent/meters.h"
#include "runners/agent/module-copy.h"
#include "runners/agent/modules.h"
#include "runners/agent/workload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A reading is that of a kernel at rest when it repeats so often, so far apart; it is waited for so long. */
#define SETTLE_LOOKS 5
#define SETTLE_NAP_NS 20000000
#define SETTLE_NS 5000000000ull

/*
 * Of Documentation/admin-guide/sysctl/vm.rst: counters that CPUs keep to themselves are added up; all shrinkers
 * are run, and do not say so.
 */
#define STAT_REFRESH "/proc/sys/vm/stat_refresh"
#define DROP_CACHES "/proc/sys/vm/drop_caches"
#define DROP_SILENTLY "4\n"
#define DROP_ALL "3\n"

/*
 * Copies of the module. The first holds nothing and stays from before to after: what the kernel keeps for code
 * of modules as such is then there all the time, 2 MiB on x86.
 */
enum copy { COPY_COMPANION, COPY_HOLDER, COPIES };

struct memory_load {
	struct cycle_options options;
	struct module_copy copies[COPIES];
	struct background background;
	uint64_t hold_ns;	/* in finit_module(), which makes the areas */
	uint64_t drop_ns;	/* in delete_module() */
	uint64_t hold_us;
	struct meters moments[METERS_MOMENTS];
	struct meters look;
	char why[WORKLOAD_WHY_MAX];	/* "": all went well */
	struct last_words words;
};

static void end(void *state)
{
	struct memory_load *l = state;
	int i;

	for (i = 0; i < COPIES; i++)
		module_copy_release(&l->copies[i]);
	free(l);
}

static bool make_copies(struct memory_load *l, const char *name, char *why)
{
	struct module_file file = { .bytes = NULL };
	bool ok = module_file_read(&file, name, 0);
	uint32_t i;

	for (i = 0; ok && i < COPIES; i++)
		ok = module_copy_make(&l->copies[i], &file, i);
	if (!ok)
		snprintf(why, WORKLOAD_WHY_MAX, "%s.ko could not be copied in memory: %s.", name,
			 strerror(errno));
	free(file.bytes);
	return ok;
}

/* What can be had without swapping: page cache goes before the areas come. */
static uint64_t available_bytes(void)
{
	FILE *f = fopen(METERS_MEMINFO_PATH, "re");
	unsigned long long kib = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib * 1024;
}

/* A page and what describes it for each area; the kernel keeps a sixteenth for itself. */
static bool check_memory(uint32_t areas, char *why)
{
	uint64_t page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t free_bytes = available_bytes();
	uint64_t kept_bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) * page_bytes / 16;
	uint64_t needed_bytes = areas * (page_bytes + 512) + kept_bytes;

	if (free_bytes >= needed_bytes)
		return true;
	snprintf(why, WORKLOAD_WHY_MAX,
		 "%u areas of one page need %llu MiB of memory, and %llu are available; give the machine more "
		 "(machine.memory_mib), or hold fewer areas.",
		 areas, (unsigned long long)(needed_bytes >> 20), (unsigned long long)(free_bytes >> 20));
	return false;
}

static bool is_complete(const struct request *rq, const struct memory_load *l, char *why)
{
	if (rq->workers == 1 && l->options.live > 0)
		return true;
	snprintf(why, WORKLOAD_WHY_MAX, "%s needs one worker and live=N, the areas that it holds.", rq->test);
	return false;
}

static void *begin(const struct request *rq, char *why)
{
	struct memory_load *l = calloc(1, sizeof(*l));
	int i;

	if (!l) {
		snprintf(why, WORKLOAD_WHY_MAX, "There is no memory for a load.");
		return NULL;
	}
	for (i = 0; i < COPIES; i++)
		l->copies[i].fd = -1;
	if (cycle_options_parse(rq->params, &l->options, why, WORKLOAD_WHY_MAX) && is_complete(rq, l, why) &&
	    check_memory(l->options.live, why) && make_copies(l, rq->module, why))
		return l;
	end(l);
	return NULL;
}

static bool write_file(struct memory_load *l, const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) > 0;

	if (!ok)
		snprintf(l->why, sizeof(l->why), "%s could not be written: %s.", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool look(struct memory_load *l, struct meters *m)
{
	return write_file(l, STAT_REFRESH, "1\n") && meters_read(m, l->why, sizeof(l->why));
}

/* What is freed after grace periods and by work items is waited for. */
static bool read_at_rest(struct memory_load *l, enum meters_moment moment)
{
	const struct timespec nap = { .tv_nsec = SETTLE_NAP_NS };
	uint64_t begin_ns = clock_now_ns();
	struct meters *now = &l->moments[moment];
	unsigned int looks = 0;

	if (!look(l, now))
		return false;
	while (looks < SETTLE_LOOKS) {
		if (clock_now_ns() - begin_ns > SETTLE_NS) {
			snprintf(l->why, sizeof(l->why),
				 "The kernel's memory did not come to rest within %llu s; something else works "
				 "in this machine.", SETTLE_NS / 1000000000);
			return false;
		}
		nanosleep(&nap, NULL);
		if (!look(l, &l->look))
			return false;
		looks = meters_are_same(now, &l->look) ? looks + 1 : 0;
		*now = l->look;
	}
	return true;
}

static bool drop_caches(struct memory_load *l)
{
	return write_file(l, DROP_CACHES, DROP_SILENTLY) && write_file(l, DROP_CACHES, DROP_ALL);
}

static bool fail(struct memory_load *l, const struct module_copy *copy, const char *what)
{
	char reason[400];

	modules_explain(errno, reason, sizeof(reason));
	snprintf(l->why, sizeof(l->why), "The module %s could not be %s: %s.", copy->name, what, reason);
	return false;
}

static bool load_copy(struct memory_load *l, enum copy copy, uint32_t areas)
{
	char params[64];

	snprintf(params, sizeof(params), "areas=%u leak=0", areas);
	return syscall(SYS_finit_module, l->copies[copy].fd, params, 0) == 0 ||
	       fail(l, &l->copies[copy], "loaded");
}

static bool remove_copy(struct memory_load *l, enum copy copy)
{
	return syscall(SYS_delete_module, l->copies[copy].name, O_NONBLOCK) == 0 ||
	       fail(l, &l->copies[copy], "removed");
}

static bool hold(struct memory_load *l)
{
	uint64_t begin_ns = clock_now_ns();
	bool ok = load_copy(l, COPY_HOLDER, l->options.live);

	l->hold_ns = clock_now_ns() - begin_ns;
	return ok;
}

static bool drop(struct memory_load *l)
{
	uint64_t begin_ns = clock_now_ns();
	bool ok = remove_copy(l, COPY_HOLDER);

	l->drop_ns = clock_now_ns() - begin_ns;
	return ok;
}

/* When the areas could not be read, they are dropped all the same. */
static bool measure(struct memory_load *l)
{
	bool ok = drop_caches(l) && read_at_rest(l, METERS_BEFORE) && hold(l);
	bool was_read = ok && read_at_rest(l, METERS_HELD);

	return ok && drop(l) && was_read && read_at_rest(l, METERS_FREED) && drop_caches(l) &&
	       read_at_rest(l, METERS_DROPPED);
}

static void work(void *state)
{
	struct memory_load *l = state;

	if (load_copy(l, COPY_COMPANION, 0)) {
		measure(l);
		remove_copy(l, COPY_COMPANION);
	}
}

static bool start(void *state, char *why)
{
	struct memory_load *l = state;
	int error = background_start(&l->background, work, l);

	if (error == 0)
		return true;
	snprintf(why, WORKLOAD_WHY_MAX, "No thread could be started for the load: %s.", strerror(error));
	return false;
}

static int fd(const void *state)
{
	const struct memory_load *l = state;

	return background_fd(&l->background);
}

static void line(void *state, const struct kmsg_record *record)
{
	struct memory_load *l = state;

	if (kmsg_from_kernel(record))
		last_words_keep(&l->words, record);
}

static void join(void *state)
{
	struct memory_load *l = state;

	background_join(&l->background);
	l->hold_us = l->hold_ns / 1000;
}

static bool check(const void *state, const uint64_t **workers_us, uint64_t *wall_us, char *why)
{
	const struct memory_load *l = state;

	if (l->why[0]) {
		size_t used = (size_t)snprintf(why, WORKLOAD_WHY_MAX, "%s", l->why);

		last_words_append(&l->words, why, WORKLOAD_WHY_MAX, used);
		return false;
	}
	*workers_us = &l->hold_us;
	*wall_us = (l->hold_ns + l->drop_ns) / 1000;
	return true;
}

static json_t *records(const void *state)
{
	const struct memory_load *l = state;
	json_t *list = json_array();

	json_array_append_new(list, meters_record(l->moments, l->options.live,
						  (uint32_t)sysconf(_SC_PAGESIZE)));
	return list;
}

const struct workload memory_workload = {
	.begin = begin,
	.start = start,
	.fd = fd,
	.line = line,
	.join = join,
	.check = check,
	.records = records,
	.end = end,
};
