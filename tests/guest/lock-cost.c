// SPDX-License-Identifier: GPL-2.0-only
#include "tests/guest/guest.h"

#include "bpf/lock.h"
#include "bpf/object.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * What the lock collector's programs cost, in counted mode, where 1 ns is an instruction. A counted guest has one CPU
 * and nobody waits in it, so the programs are given what they would see:
 *
 * - those of the slow path are attached to alloc_vmap_area, whose first argument is the size of the area: every call
 *   is a wait for the lock at that address, which is foreign or ours. loops= of them, rounds= times.
 * - those of contention events are called by the system call that is there for it, with a lock of our choice.
 *
 * Says {"t":"lock-cost","source","naming","lock":"foreign" or "ours","instructions","net"}, of a begin and an end
 * together: with the kernel's way into the programs, null where that is not measured, and without.
 */
#define FUNCTION	"alloc_vmap_area"
/* A page of fix_size_alloc_test and the guard page. */
#define LOCK		8192ULL
#define CALLS		5000
#define TRIES		5

OBJECT_IMAGE(lock_slowpath);
OBJECT_IMAGE(lock_raw_tp);

static const struct object_image slowpath = { "slowpath", OBJECT_PLAIN, lock_slowpath_begin, lock_slowpath_end };
static const struct object_image raw_tp = { "tracepoint", OBJECT_PLAIN, lock_raw_tp_begin, lock_raw_tp_end };

/* Where the programs believe that locks are. */
static const struct scene {
	const char *naming;
	const char *lock;
	bool by_site;
	bool ours;
} scenes[] = {
	{ "symbols", "foreign", false, false },
	{ "symbols", "ours", false, true },
	{ "site", "foreign", true, false },
	{ "site", "ours", true, true },
};
#define SCENES (sizeof(scenes) / sizeof(scenes[0]))

static const struct symbols *symbols;
static unsigned int loops;

static void set_scene(struct object *o, const struct scene *scene)
{
	size_t size;
	struct lock_places *places = object_data(o, ".rodata", &size);
	uint64_t end;

	if (!places || size < sizeof(*places))
		guest_fail("%s has no place for addresses", o->image->name);
	places->node_size = 1;
	if (scene->ours && !scene->by_site) {
		places->statics[LOCK_FREE] = places->statics_begin = LOCK;
		places->statics_bytes = 1;
	}
	if (!scene->by_site)
		return;
	places->by_site = LOCK_SPINS;
	places->text = symbols_text(symbols, &end);
	places->text_bytes = end - places->text;
	places->ranges[0] = (struct lock_range){ places->text, places->text_bytes, LOCK_SPINS };
	places->n_ranges = scene->ours;
}

static void say(const struct object_image *image, const struct scene *scene, json_t *instructions, double net)
{
	guest_say(json_pack("{s:s, s:s, s:s, s:s, s:o, s:f}", "t", "lock-cost", "source", image->name, "naming",
			    scene->naming, "lock", scene->lock, "instructions", instructions, "net", net));
}

/* Waits that were counted, of all locks. */
static uint64_t waits_of(const struct object *o)
{
	struct lock_stat *per_cpu = calloc(object_cpus(), sizeof(*per_cpu));
	unsigned int cpus = object_cpus(), cpu, i;
	uint64_t waits = 0;

	for (i = 0; per_cpu && i < LOCK_ALL; i++) {
		if (bpf_map_lookup_elem(object_map(o, "stats"), &i, per_cpu))
			guest_fail("the waits cannot be read: %s", strerror(errno));
		for (cpu = 0; cpu < cpus; cpu++)
			waits += per_cpu[cpu].waits;
	}
	free(per_cpu);
	return waits;
}

static void check_waits(const struct object *o, const struct scene *scene, uint64_t made)
{
	uint64_t waits = waits_of(o);

	if (scene->ours ? waits < made : waits > 0)
		guest_fail("%s, %s: %llu waits were counted of %llu", o->image->name, scene->lock,
			   (unsigned long long)waits, (unsigned long long)(scene->ours ? made : 0));
}

static double second_load(void)
{
	guest_vmalloc_test(1, loops);
	return 1000.0 * (double)guest_vmalloc_test(1, loops) / loops;
}

/* Only the first program at a function's entry and the first at its return, at FUNCTION instead. */
static void aim(struct object *o)
{
	static const char *const kinds[] = { "fentry/", "fexit/" };
	bool taken[2] = { false, false };
	struct bpf_program *program;
	unsigned int i;

	bpf_object__for_each_program(program, o->bpf) {
		bool take = false;

		for (i = 0; i < 2; i++) {
			if (taken[i] || strncmp(bpf_program__section_name(program), kinds[i], strlen(kinds[i])) != 0)
				continue;
			take = taken[i] = true;
		}
		bpf_program__set_autoload(program, take);
		if (take && bpf_program__set_attach_target(program, 0, FUNCTION))
			guest_fail("no program can be attached to " FUNCTION);
	}
}

static double cost_attached(const struct scene *scene)
{
	static struct object o;
	double control, cost;
	char why[400];

	if (!object_open(&o, &slowpath, symbols, why, sizeof(why)))
		guest_fail("%s", why);
	aim(&o);
	set_scene(&o, scene);
	if (!object_load(&o, why, sizeof(why)))
		guest_fail("%s", why);
	control = second_load();
	if (!object_attach(&o, why, sizeof(why)) || o.attached != 2)
		guest_fail("%s", why);
	cost = second_load() - control;
	check_waits(&o, scene, 2 * loops);
	object_close(&o);
	return cost;
}

/* A program that does nothing, for FUNCTION or for a call. */
static int load_empty(enum bpf_prog_type type, enum bpf_attach_type attach)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = attach);
	int fd;

	if (type == BPF_PROG_TYPE_TRACING)
		options.attach_btf_id = (__u32)libbpf_find_vmlinux_btf_id(FUNCTION, attach);
	fd = bpf_prog_load(type, "empty", "GPL", code, sizeof(code) / sizeof(code[0]), &options);
	if (fd < 0)
		guest_fail("an empty program cannot be loaded: %s", strerror(errno));
	return fd;
}

/* The kernel's way into two programs, and out of them. */
static double cost_of_way(void)
{
	int entry = load_empty(BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY);
	int exit = load_empty(BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT);
	double control = second_load(), cost;
	int links[] = { bpf_raw_tracepoint_open(NULL, entry), bpf_raw_tracepoint_open(NULL, exit) };

	if (links[0] < 0 || links[1] < 0)
		guest_fail("an empty program cannot be attached: %s", strerror(errno));
	cost = second_load() - control;
	close(links[0]);
	close(links[1]);
	close(entry);
	close(exit);
	return cost;
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Of @fds, called one after the other; the least of all tries, as the timer interrupts some. */
static double cost_called(const int fds[2])
{
	uint64_t arguments[2] = { LOCK, 0 };
	double least = 0;
	unsigned int try, i;

	for (try = 0; try < TRIES; try++) {
		double begin = now_ns(), cost;

		for (i = 0; i < 2 * CALLS; i++) {
			LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = arguments,
				    .ctx_size_in = sizeof(arguments));

			if (bpf_prog_test_run_opts(fds[i % 2], &options))
				guest_fail("a program cannot be called: %s", strerror(errno));
		}
		cost = (now_ns() - begin) / CALLS;
		least = try == 0 || cost < least ? cost : least;
	}
	return least;
}

static void measure_called(const struct scene *scene)
{
	static struct object o;
	int empty = load_empty(BPF_PROG_TYPE_RAW_TRACEPOINT, 0), fds[2];
	const int empties[] = { empty, empty };
	char why[400];

	if (!object_open(&o, &raw_tp, symbols, why, sizeof(why)))
		guest_fail("%s", why);
	set_scene(&o, scene);
	if (!object_load(&o, why, sizeof(why)))
		guest_fail("%s", why);
	fds[0] = bpf_program__fd(bpf_object__find_program_by_name(o.bpf, "on_begin"));
	fds[1] = bpf_program__fd(bpf_object__find_program_by_name(o.bpf, "on_end"));
	say(&raw_tp, scene, json_null(), cost_called(fds) - cost_called(empties));
	check_waits(&o, scene, TRIES * CALLS);
	object_close(&o);
	close(empty);
}

int main(void)
{
	unsigned int rounds, i;
	char why[400];

	guest_begin();
	loops = guest_argument("loops");
	rounds = guest_argument("rounds");
	symbols = symbols_read(why, sizeof(why));
	if (!symbols)
		guest_fail("%s", why);
	while (rounds--) {
		double way = cost_of_way();

		for (i = 0; i < SCENES; i++) {
			double cost = cost_attached(&scenes[i]);

			say(&slowpath, &scenes[i], json_real(cost), cost - way);
		}
		for (i = 0; i < SCENES; i++)
			measure_called(&scenes[i]);
	}
	guest_say(json_pack("{s:s, s:i}", "t", "splats", "count", (int)guest_splats()));
	guest_end();
}
