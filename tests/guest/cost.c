// SPDX-License-Identifier: GPL-2.0-only
#include "tests/guest/guest.h"

#include "bpf/hist.h"
#include "bpf/latency.h"
#include "bpf/object.h"
#include "bpf/trace.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * What tracing costs, in counted mode: loads of loops= allocations with and without a tracer. Every figure is
 * of the second load under the same conditions: the first one warms up. All is done rounds= times, as what a
 * tracer allocates moves the very trees that are measured, differently each time. Says
 *   {"t":"base","us"}
 *   {"t":"cost","backend","functions":"one" or "all","control_us","us","events"}    ours: loaded, attached
 *   {"t":"peer","name","phase","us","status","output"}    each line of /peers, in its order
 * A line of /peers is a name, a phase and the words of a command, with tabs in between.
 */
#define FUNCTION	"alloc_vmap_area"
#define PEERS		"/peers"
#define PEERS_MAX	4096
#define OUTPUT		"/tmp/output"
#define OUTPUT_MAX	16384
#define WORDS_MAX	32
/* A tracer that took no CPU time for so long has started. */
#define QUIET_MS	1500
#define START_MS	120000

OBJECT_IMAGE(latency_fsession);
OBJECT_IMAGE(latency_fentry);
OBJECT_IMAGE(latency_ksession);
OBJECT_IMAGE(latency_kprobe);

static const struct object_image images[] = {
	{ "fsession", OBJECT_FSESSION, latency_fsession_begin, latency_fsession_end },
	{ "fentry", OBJECT_PLAIN, latency_fentry_begin, latency_fentry_end },
	{ "kprobe.session", OBJECT_KSESSION, latency_ksession_begin, latency_ksession_end },
	{ "kprobe", OBJECT_PLAIN, latency_kprobe_begin, latency_kprobe_end },
};

static unsigned int loops;

static uint64_t second_load(void)
{
	guest_vmalloc_test(1, loops);
	return guest_vmalloc_test(1, loops);
}

static void say_cost(const char *backend, const char *functions, uint64_t control_us, uint64_t us,
		     json_int_t events)
{
	guest_say(json_pack("{s:s, s:s, s:s, s:I, s:I, s:I}", "t", "cost", "backend", backend,
			    "functions", functions, "control_us", (json_int_t)control_us,
			    "us", (json_int_t)us, "events", events));
}

static void say_refused(const char *backend, const char *why)
{
	guest_say(json_pack("{s:s, s:s, s:s}", "t", "refused", "backend", backend, "why", why));
}

/* Values in the histogram of FUNCTION, on all CPUs. */
static json_int_t hist_count(const struct object *o)
{
	unsigned int cpus = object_cpus(), row = LATENCY_alloc_vmap_area, cpu, i;
	struct hist *per_cpu = calloc(cpus, sizeof(*per_cpu));
	json_int_t count = 0;

	if (!per_cpu || bpf_map_lookup_elem(object_map(o, "hists"), &row, per_cpu))
		guest_fail("the histogram of %s cannot be read: %s", o->image->name, strerror(errno));
	for (cpu = 0; cpu < cpus; cpu++)
		for (i = 0; i < HIST_BUCKETS; i++)
			count += (json_int_t)per_cpu[cpu].buckets[i];
	free(per_cpu);
	return count;
}

static void keep_one_function(struct object *o)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, o->bpf) {
		const char *slash = strchr(bpf_program__section_name(program), '/');

		if (!slash || strcmp(slash + 1, FUNCTION) != 0)
			bpf_program__set_autoload(program, false);
	}
}

/* As peers do that are told one function. */
static void measure_one(const struct object_image *image, const struct symbols *symbols)
{
	static struct object o;
	uint64_t control_us, us;
	json_int_t before;
	char why[400];

	if (!object_open(&o, image, symbols, why, sizeof(why)))
		guest_fail("%s", why);
	keep_one_function(&o);
	if (!object_load(&o, why, sizeof(why))) {
		say_refused(image->name, why);
		object_close(&o);
		return;
	}
	control_us = second_load();
	if (!object_attach(&o, why, sizeof(why))) {
		say_refused(image->name, why);
		object_close(&o);
		return;
	}
	guest_vmalloc_test(1, loops);
	before = hist_count(&o);
	us = guest_vmalloc_test(1, loops);
	say_cost(image->name, "one", control_us, us, hist_count(&o) - before);
	object_close(&o);
}

/* Everything that the backend recorded so far. */
static json_int_t all_events(struct trace *t)
{
	char why[400];
	json_t *records = trace_read(t, why, sizeof(why)), *record;
	json_int_t allocs, count = 0;
	size_t i;

	if (!records)
		guest_fail("%s", why);
	allocs = guest_number(records, "events", "allocs");
	if (allocs >= 0)
		count = allocs + guest_number(records, "events", "frees");
	else
		json_array_foreach(records, i, record)
			count += json_integer_value(json_object_get(record, "count"));
	json_decref(records);
	return count;
}

/* As it is used: all functions at once. */
static void measure_all(const char *backend)
{
	struct trace_options options = { .latency = true, .backend = backend, .load_only = true };
	uint64_t control_us, us;
	json_int_t before;
	struct trace *t;
	char why[400];

	t = trace_open(&options, NULL, why, sizeof(why));
	if (!t) {
		say_refused(backend, why);
		return;
	}
	control_us = second_load();
	trace_close(t);
	options.load_only = false;
	t = trace_open(&options, NULL, why, sizeof(why));
	if (!t)
		guest_fail("%s", why);
	guest_vmalloc_test(1, loops);
	before = all_events(t);
	us = guest_vmalloc_test(1, loops);
	say_cost(backend, "all", control_us, us, all_events(t) - before);
	trace_close(t);
}

static pid_t start_command(char **words)
{
	pid_t pid = fork();
	int fd;

	if (pid < 0)
		guest_fail("fork failed: %s", strerror(errno));
	if (pid > 0)
		return pid;
	fd = open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	execvp(words[0], words);
	dprintf(STDERR_FILENO, "%s: %s\n", words[0], strerror(errno));
	_exit(127);
}

/* Ticks of CPU time of @pid, user and system; -1 when it has ended. */
static long ticks_of(pid_t pid)
{
	char path[32], line[1024], state = 'X';
	long user = 0, system = 0;
	const char *p = NULL;
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = fopen(path, "re");
	if (stat && fgets(line, sizeof(line), stat))
		p = strrchr(line, ')');
	if (stat)
		fclose(stat);
	if (!p || sscanf(p, ") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &state, &user,
			 &system) != 3 ||
	    state == 'Z')
		return -1;
	return user + system;
}

static void wait_until_quiet(pid_t pid)
{
	double begin = guest_now_ms(), quiet_since = begin;
	long ticks = 0, now;

	while (guest_now_ms() - quiet_since < QUIET_MS && guest_now_ms() - begin < START_MS) {
		usleep(50000);
		now = ticks_of(pid);
		if (now < 0)
			return;
		if (now != ticks)
			quiet_since = guest_now_ms();
		ticks = now;
	}
}

static json_t *output_text(void)
{
	static char text[OUTPUT_MAX];
	int fd = open(OUTPUT, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	ssize_t i;

	close(fd);
	/* Names of processes may be anything; JSON wants UTF-8. */
	for (i = 0; i < n; i++)
		if ((unsigned char)text[i] >= 0x80)
			text[i] = '?';
	text[n < 0 ? 0 : n] = '\0';
	return json_string(text);
}

static void measure_peer(const char *name, const char *phase, char **words)
{
	pid_t pid = start_command(words);
	uint64_t us;
	int status;

	wait_until_quiet(pid);
	us = second_load();
	kill(pid, SIGINT);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	guest_say(json_pack("{s:s, s:s, s:s, s:I, s:i, s:o}", "t", "peer", "name", name, "phase", phase, "us",
			    (json_int_t)us, "status", status, "output", output_text()));
}

static void measure_peers(void)
{
	FILE *peers = fopen(PEERS, "re");
	char line[PEERS_MAX];

	while (peers && fgets(line, sizeof(line), peers)) {
		char *words[WORDS_MAX + 1] = { NULL };
		char *save = NULL, *name, *phase;
		unsigned int n = 0;

		line[strcspn(line, "\n")] = '\0';
		name = strtok_r(line, "\t", &save);
		phase = strtok_r(NULL, "\t", &save);
		while (n < WORDS_MAX && (words[n] = strtok_r(NULL, "\t", &save)))
			n++;
		if (!name || !phase || n == 0 || n == WORDS_MAX)
			guest_fail("%s: a name, a phase and a command are expected in each line", PEERS);
		measure_peer(name, phase, words);
	}
	if (peers)
		fclose(peers);
}

int main(void)
{
	const char *const *backend;
	struct symbols *symbols;
	char why[400];
	unsigned int rounds;
	size_t i;

	guest_begin();
	loops = guest_argument("loops");
	rounds = guest_argument("rounds");
	symbols = symbols_read(why, sizeof(why));
	if (!symbols)
		guest_fail("%s", why);
	guest_say(json_pack("{s:s, s:I}", "t", "base", "us", (json_int_t)second_load()));
	while (rounds--) {
		for (i = 0; i < sizeof(images) / sizeof(images[0]); i++)
			measure_one(&images[i], symbols);
		for (backend = trace_backends(); *backend; backend++)
			measure_all(*backend);
	}
	measure_peers();
	guest_say(json_pack("{s:s, s:i}", "t", "splats", "count", (int)guest_splats()));
	guest_end();
}
