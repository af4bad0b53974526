// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/locate.h"
#include "bpf/peek.h"
#include "bpf/storm.h"
#include "bpf/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Opens the collectors on the kernel that runs it, makes a load, and prints their records: each a line "probe:
 * JSON". As /init of an initramfs it mounts what is needed first and switches off at the end. Words of the
 * kernel's command line, which become the environment of init; or the environment itself:
 *
 *   COLLECT=latency,locks,state   default: all
 *   BACKEND=fentry  SOURCE=slowpath  LOAD_ONLY=1
 *   LOAD=maps THREADS=4 OPS=20000 a kind of vmapbench load; default maps, 2, 2000
 *   MODULE=nr_threads=4,run_test_mask=1   instead: /test_vmalloc.ko, with these parameters
 *   LOCATE=1                      instead of everything: where the locks are, by symbol and by text
 *   TEXT=find_vmap_area,vmap_nodes   the same: print the text of functions, the address of variables
 */
#define MODULE "/test_vmalloc.ko"

static void say(const char *kind, const char *text)
{
	printf("probe: {\"%s\": \"%s\"}\n", kind, text);
	fflush(stdout);
}

static const char *option(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value ? value : otherwise;
}

static void mount_all(void)
{
	static const struct {
		const char *type, *place;
	} mounts[] = {
		{ "devtmpfs", "/dev" },
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "tracefs", "/sys/kernel/tracing" },
	};
	size_t i;

	for (i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].place, 0755);
		if (mount(mounts[i].type, mounts[i].place, mounts[i].type, 0, NULL) < 0)
			say("unmounted", mounts[i].place);
	}
	/* The archive has no console for us to be born with. */
	if (!freopen("/dev/console", "w", stdout))
		reboot(RB_POWER_OFF);
}

/* The module's init does the work, and refuses to stay. */
static void run_module(const char *parameters)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);
	char *words = strdup(parameters), *comma;

	if (fd < 0 || !words) {
		say("error", "there is no " MODULE);
		return;
	}
	while ((comma = strchr(words, ',')))
		*comma = ' ';
	if (syscall(SYS_finit_module, fd, words, 0) < 0 && errno != EAGAIN)
		say("error", strerror(errno));
	free(words);
	close(fd);
}

static void run_storm(void)
{
	struct storm_options options = { .kind = storm_find(option("LOAD", "maps")) };
	struct storm_result result = { 0 };
	struct storm *storm = NULL;
	char why[400] = "There is no such kind of load.";

	options.threads = (uint32_t)strtoul(option("THREADS", "2"), NULL, 10);
	options.ops = strtoull(option("OPS", "2000"), NULL, 10);
	if (options.kind && storm_check(&options, why, sizeof(why)))
		storm = storm_start(&options, why, sizeof(why));
	if (!storm) {
		say("error", why);
		return;
	}
	storm_finish(storm, &result, NULL);
	printf("probe: {\"operations\": %llu}\n", (unsigned long long)result.ops);
	if (!result.ok)
		say("error", result.why);
}

static void print_records(struct trace *trace)
{
	char why[400];
	json_t *records = trace_read(trace, why, sizeof(why)), *record;
	size_t i;

	if (!records) {
		say("error", why);
		return;
	}
	json_array_foreach(records, i, record) {
		fputs("probe: ", stdout);
		json_dumpf(record, stdout, 0);
		putchar('\n');
	}
	json_decref(records);
}

static void collect(void)
{
	const char *wanted = option("COLLECT", "latency,locks,state");
	const struct trace_options options = {
		.latency = strstr(wanted, "latency"),
		.locks = strstr(wanted, "locks"),
		.state = strstr(wanted, "state"),
		.backend = getenv("BACKEND"),
		.source = getenv("SOURCE"),
		.load_only = getenv("LOAD_ONLY"),
	};
	json_t *refused = NULL, *description;
	struct trace *trace;
	char why[400];

	trace = trace_open(&options, &refused, why, sizeof(why));
	if (!trace) {
		say("error", why);
		fputs("probe: ", stdout);
		json_dumpf(refused, stdout, 0);
		putchar('\n');
		json_decref(refused);
		return;
	}
	json_decref(refused);
	description = trace_describe(trace);
	fputs("probe: ", stdout);
	json_dumpf(description, stdout, 0);
	putchar('\n');
	json_decref(description);
	if (getenv("MODULE"))
		run_module(getenv("MODULE"));
	else
		run_storm();
	print_records(trace);
	trace_close(trace);
}

static void print_function(const struct symbols *symbols, struct peek *peek, const char *function)
{
	uint64_t begin = symbols_address(symbols, function), at = begin, offset = 0;
	const char *name = symbols_function(symbols, begin, &offset);
	unsigned char bytes[4];

	printf("text: %s %llx ", function, (unsigned long long)begin);
	for (; begin && offset == 0 && symbols_function(symbols, at, NULL) == name && at < begin + 16384;
	     at += 4)
		if (peek_read(peek, at, bytes, sizeof(bytes)))
			printf("%02x%02x%02x%02x", bytes[0], bytes[1], bytes[2], bytes[3]);
	putchar('\n');
}

static void print_place(const char *how, const struct locate *l)
{
	unsigned int i;

	printf("probe: {\"locate\": \"%s\", \"nodes\": \"%llx\", \"n\": %u, \"size\": %u, \"lazy_pages\": "
	       "\"%llx\", "
	       "\"area_list\": \"%llx\", \"locks\": [",
	       how, (unsigned long long)l->nodes, l->n_nodes, l->node_size, (unsigned long long)l->lazy_pages,
	       (unsigned long long)l->area_list);
	for (i = 0; i < LOCK_STATICS; i++)
		printf("%s\"%llx\"", i ? ", " : "", (unsigned long long)l->locks[i]);
	printf("]}\n");
}

static void print_places(const struct symbols *symbols, struct peek *peek)
{
	struct locate l;

	locate(symbols, peek, &l);
	print_place("symbols", &l);
	locate_by_text(symbols, peek, &l);
	print_place("text", &l);
}

static void look(char *functions)
{
	char why[400];
	struct symbols *symbols = symbols_read(why, sizeof(why));
	struct peek *peek = symbols ? peek_open(symbols, why, sizeof(why)) : NULL;
	char *function;

	if (!peek)
		say("error", why);
	else if (!functions)
		print_places(symbols, peek);
	while (peek && (function = strsep(&functions, ",")))
		print_function(symbols, peek, function);
	peek_close(peek);
	symbols_free(symbols);
}

int main(void)
{
	if (getpid() == 1)
		mount_all();
	if (getenv("LOCATE") || getenv("TEXT"))
		look(getenv("TEXT"));
	else
		collect();
	fflush(stdout);
	if (getpid() == 1)
		reboot(RB_POWER_OFF);
	return 0;
}
