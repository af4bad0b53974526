// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/lock-read.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SITE 64

/* The waits of one lock from one function. */
struct caller {
	unsigned int lock;
	char site[SITE];
	struct lock_caller sum;
};

struct callers {
	struct caller list[LOCK_CALLERS];
	unsigned int count;
};

/* Generated code lies behind the kernel's own, so that the last symbol before it is far. */
#define FUNCTION_MAX 0x10000

/* The functions through which a waiter comes to the place where it is seen, and those by which it is. */
static bool is_on_the_way(const char *name)
{
	static const char *const beginnings[] = {
		"_raw_spin_lock", "mutex_lock", "__mutex_lock", "rt_spin_lock",
		"rtlock_slowlock", "__traceiter_", "bpf_", "__bpf_",
	};
	size_t i;

	for (i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	return strstr(name, "slowpath") != NULL;
}

/* Innermost come the frames of the tracing itself, then those of the lock, then the caller. */
static void name_site(const struct symbols *symbols, const uint64_t *frames, char site[SITE])
{
	uint64_t offset;
	unsigned int i;

	for (i = 0; i < LOCK_STACK_DEPTH && frames[i]; i++) {
		/* A return address may be that of the next function. */
		const char *name = symbols_function(symbols, frames[i] - 1, &offset);

		if (!name || offset > FUNCTION_MAX || is_on_the_way(name))
			continue;
		/* What the compiler appends to a part of a function is of no interest: ".part.0". */
		snprintf(site, SITE, "%.*s", (int)strcspn(name, "."), name);
		return;
	}
	snprintf(site, SITE, "unknown");
}

static void add_caller(struct callers *c, unsigned int lock, const char *site, const struct lock_caller *more)
{
	struct caller *found = NULL;
	unsigned int i;

	for (i = 0; i < c->count && !found; i++)
		if (c->list[i].lock == lock && strcmp(c->list[i].site, site) == 0)
			found = &c->list[i];
	if (!found) {
		if (c->count == LOCK_CALLERS)
			return;
		found = &c->list[c->count++];
		*found = (struct caller){ .lock = lock };
		snprintf(found->site, SITE, "%s", site);
	}
	found->sum.samples += more->samples;
	found->sum.waits += more->waits;
	found->sum.wait_ns += more->wait_ns;
}

static bool read_callers(const struct lock_read *r, struct callers *c)
{
	int map = object_map(r->object, "callers"), stacks = object_map(r->object, "stacks");
	struct lock_caller_key *previous = NULL, key, next;
	struct lock_caller value;

	c->count = 0;
	while (bpf_map_get_next_key(map, previous, &next) == 0) {
		uint64_t frames[LOCK_STACK_DEPTH] = { 0 };
		char site[SITE];

		key = next;
		previous = &key;
		if (bpf_map_lookup_elem(map, &key, &value))
			return false;
		if (key.stack >= 0 && bpf_map_lookup_elem(stacks, &key.stack, frames))
			return false;
		name_site(r->symbols, frames, site);
		add_caller(c, key.lock, site, &value);
	}
	return errno == ENOENT;
}

/* Of all CPUs together. */
static bool read_stat(int map, unsigned int index, struct lock_stat *per_cpu, struct lock_stat *ret)
{
	unsigned int cpu, cpus = object_cpus();

	*ret = (struct lock_stat){ 0 };
	if (bpf_map_lookup_elem(map, &index, per_cpu))
		return false;
	for (cpu = 0; cpu < cpus; cpu++) {
		ret->waits += per_cpu[cpu].waits;
		ret->wait_ns += per_cpu[cpu].wait_ns;
		ret->lost += per_cpu[cpu].lost;
		if (per_cpu[cpu].max_ns > ret->max_ns)
			ret->max_ns = per_cpu[cpu].max_ns;
	}
	return true;
}

/*
 * Shares of @whole in proportion to weights: the share of what lies between @before and @upto of @total. Shares
 * of all add up to @whole exactly.
 */
static json_int_t share(uint64_t whole, uint64_t before, uint64_t upto, uint64_t total)
{
	unsigned __int128 wide = whole;

	if (total == 0)
		return 0;
	return (json_int_t)(wide * upto / total) - (json_int_t)(wide * before / total);
}

/* What those who wait for lock @number all take, and one of them. False when nobody did. */
static bool add_waiters(const struct callers *c, unsigned int number, struct lock_seen *seen)
{
	unsigned int i;

	for (i = 0; i < c->count; i++) {
		lock_set candidates = c->list[i].lock == number ? lock_site_candidates(c->list[i].site) : 0;

		if (!candidates)
			continue;
		seen->candidates &= candidates;
		if (!seen->site)
			seen->site = lock_site_function(c->list[i].site);
	}
	return seen->site != NULL;
}

static struct lock_seen *find_seen(const struct lock_read *r, uint64_t address)
{
	size_t i;

	for (i = 0; i < r->sites->count; i++)
		if (r->sites->list[i].address == address)
			return &r->sites->list[i];
	return NULL;
}

/* Of the locks that the programs found by who waits for them. */
static bool read_sited(const struct lock_read *r, const struct callers *c)
{
	int map = object_map(r->object, "sited");
	uint64_t *previous = NULL, key, next;
	struct lock_sites *sites = r->sites;
	unsigned int number;
	uint64_t end;

	while (bpf_map_get_next_key(map, previous, &next) == 0) {
		struct lock_seen first = { .address = next, .candidates = ~0U }, *seen = find_seen(r, next);

		key = next;
		previous = &key;
		if (bpf_map_lookup_elem(map, &key, &number))
			return false;
		first.number = number;
		if (!add_waiters(c, number, seen ? seen : &first) || seen)
			continue;
		if (sites->count < LOCK_SITED)
			sites->list[sites->count++] = first;
	}
	if (errno != ENOENT)
		return false;
	lock_site_name(sites->list, sites->count, r->where, symbols_text(r->symbols, &end), object_cpus());
	return true;
}

static json_t *callers_of(const struct callers *c, unsigned int lock, const struct lock_stat *stat)
{
	struct lock_caller total = { 0 }, before = { 0 };
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < c->count; i++) {
		if (c->list[i].lock != lock)
			continue;
		total.waits += c->list[i].sum.waits;
		total.wait_ns += c->list[i].sum.wait_ns;
	}
	for (i = 0; i < c->count; i++) {
		const struct lock_caller *sum = &c->list[i].sum;

		if (c->list[i].lock != lock)
			continue;
		json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:I}", "site", c->list[i].site,
						      "samples", (json_int_t)sum->samples, "waits",
						      share(stat->waits, before.waits,
							    before.waits + sum->waits, total.waits),
						      "wait_ns",
						      share(stat->wait_ns, before.wait_ns,
							    before.wait_ns + sum->wait_ns, total.wait_ns)));
		before.waits += sum->waits;
		before.wait_ns += sum->wait_ns;
	}
	return list;
}

json_t *lock_record(const char *name, const char *source, const char *naming, const struct lock_stat *stat,
		    json_t *callers)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:o}", "t", "lock", "lock", name, "source",
			 source, "naming", naming, "waits", (json_int_t)stat->waits, "wait_ns",
			 (json_int_t)stat->wait_ns, "max_ns", (json_int_t)stat->max_ns, "lost",
			 (json_int_t)stat->lost, "callers", callers);
}

static bool read_lock(const struct lock_read *r, const struct callers *c, unsigned int number, const char *name,
		      const char *naming, struct lock_stat *per_cpu, json_t *records)
{
	struct lock_stat stat;

	if (!read_stat(object_map(r->object, "stats"), number, per_cpu, &stat))
		return false;
	if (stat.waits || stat.lost)
		json_array_append_new(records, lock_record(name, r->source, naming, &stat,
							   callers_of(c, number, &stat)));
	return true;
}

static bool read_locks(const struct lock_read *r, struct callers *c, struct lock_stat *per_cpu, json_t *records)
{
	unsigned int locks = LOCK_STATICS + r->where->n_nodes * LOCK_CLASSES, i;
	struct lock_stat lost = { .lost = object_missed(r->object, NULL) };
	char name[LOCK_NAME];

	/* Before the waits: no caller is of a wait that is not counted. */
	if (!read_callers(r, c) || !read_sited(r, c))
		return false;
	for (i = 0; i < locks; i++) {
		lock_name(i, name);
		if (!read_lock(r, c, i, name, i < LOCK_STATICS ? r->where->locks_naming :
			       r->where->nodes_naming, per_cpu, records))
			return false;
	}
	for (i = 0; i < r->sites->count; i++)
		if (!read_lock(r, c, r->sites->list[i].number, r->sites->list[i].name, NAMED_BY_SITE, per_cpu,
			       records))
			return false;
	if (lost.lost)
		json_array_append_new(records,
				      lock_record("unknown", r->source, "symbols", &lost, json_array()));
	return true;
}

bool lock_read(const struct lock_read *r, json_t *records, char *why, size_t size)
{
	struct lock_stat *per_cpu = calloc(object_cpus(), sizeof(*per_cpu));
	struct callers *c = malloc(sizeof(*c));
	bool ok = per_cpu && c && read_locks(r, c, per_cpu, records);

	if (!ok)
		snprintf(why, size, "The waits for locks could not be read from the kernel: %s.",
			 strerror(errno));
	free(per_cpu);
	free(c);
	return ok;
}
