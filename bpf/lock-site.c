// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/lock-site.h"

#include <stdio.h>
#include <string.h>

#define FREE		(1U << LOCK_FREE)
#define PURGE		(1U << LOCK_PURGE)
#define AREAS		(1U << LOCK_AREAS)
#define PURGE_AREAS	(1U << LOCK_PURGE_AREAS)
#define POOL		LOCK_OF_NODES(LOCK_POOL)
#define BUSY		LOCK_OF_NODES(LOCK_BUSY)
#define LAZY		LOCK_OF_NODES(LOCK_LAZY)
#define STATICS		(FREE | PURGE | AREAS | PURGE_AREAS)
#define CLASSES		(POOL | BUSY | LAZY)

/* The kernel with its variables is mapped within this: x86_64 and arm64 alike. */
#define IMAGE_MAX	(512ULL << 20)
#define PAGE		4096ULL

/*
 * Who takes what in mm/vmalloc.c, of all kernels together, with what is inlined. A function that takes a
 * lock of another kind than these is not there: the queues of vmap blocks have locks, too.
 */
static const struct {
	const char *function;
	lock_set takes;
} sites[] = {
	{ "alloc_vmap_area", FREE | AREAS | POOL | BUSY },
	{ "preload_this_cpu_lock", FREE },
	{ "node_pool_add_va", POOL },
	{ "node_pool_del_va", POOL },
	{ "node_alloc", POOL },
	{ "insert_vmap_area", AREAS | BUSY },
	{ "free_vmap_area", FREE | AREAS | BUSY },
	{ "find_vmap_area", AREAS | BUSY },
	{ "find_unlink_vmap_area", AREAS | BUSY },
	{ "find_vmap_area_exceed_addr_lock", AREAS | BUSY },
	{ "remove_vm_area", AREAS | BUSY },
	{ "find_vm_area", AREAS | BUSY },
	{ "__vunmap", AREAS | BUSY },
	{ "vfree", AREAS | BUSY },
	{ "vunmap", AREAS | BUSY },
	{ "free_vm_area", AREAS | BUSY },
	{ "setup_vmalloc_vm", AREAS | BUSY },
	{ "__get_vm_area_node", AREAS | BUSY },
	{ "free_vmap_block", AREAS | BUSY },
	{ "vread", AREAS | BUSY },
	{ "vread_iter", AREAS | BUSY },
	{ "pcpu_get_vm_areas", FREE | AREAS | BUSY },
	{ "free_vmap_area_noflush", AREAS | PURGE_AREAS | LAZY },
	{ "__purge_vmap_area_lazy", FREE | PURGE_AREAS | LAZY | POOL },
	{ "purge_vmap_node", FREE | POOL },
	{ "decay_va_pool_node", FREE | POOL },
	{ "vmap_node_shrink_scan", FREE | POOL },
	{ "reclaim_list_global", FREE },
	{ "show_purge_info", PURGE_AREAS | LAZY },
	{ "vmalloc_info_show", BUSY | LAZY },
	{ "drain_vmap_area_work", PURGE },
	{ "reclaim_and_purge_vmap_areas", PURGE },
	{ "purge_vmap_area_lazy", PURGE },
	{ "_vm_unmap_aliases", PURGE },
};
#define SITES (sizeof(sites) / sizeof(sites[0]))

/* Between one who waits and those who tell of it. */
static const char *const ways[] = {
	"_raw_spin_lock", "queued_spin_lock_slowpath", "native_queued_spin_lock_slowpath",
	"__pv_queued_spin_lock_slowpath", "rt_spin_lock", "rtlock_slowlock", "rtlock_slowlock_locked",
	"mutex_lock", "__mutex_lock_slowpath", "__mutex_lock", "rt_mutex_slowlock",
	"__traceiter_contention_begin", "__bpf_trace_contention_begin", "bpf_trace_run2",
};

/* What the compiler appends to the name of a function that it changed. */
static const char *const suffixes[] = { "", ".constprop.0", ".isra.0", ".part.0" };

static const char *const static_names[LOCK_STATICS] = {
	[LOCK_FREE] = "free_vmap_area_lock",
	[LOCK_PURGE] = "vmap_purge_lock",
	[LOCK_AREAS] = "vmap_area_lock",
	[LOCK_PURGE_AREAS] = "purge_vmap_area_lock",
};

static const char *const class_names[LOCK_CLASSES] = {
	[LOCK_POOL] = "pool", [LOCK_BUSY] = "busy", [LOCK_LAZY] = "lazy",
};

void lock_name(unsigned int index, char name[LOCK_NAME])
{
	unsigned int of_nodes = index - LOCK_STATICS;

	if (index < LOCK_STATICS)
		snprintf(name, LOCK_NAME, "%s", static_names[index]);
	else
		snprintf(name, LOCK_NAME, "vn[%u].%s", of_nodes / LOCK_CLASSES,
			 class_names[of_nodes % LOCK_CLASSES]);
}

lock_set lock_site_missing(const struct locate *where)
{
	lock_set missing = where->has_nodes ? FREE | PURGE | CLASSES : STATICS;
	unsigned int i;

	for (i = 0; i < LOCK_STATICS; i++)
		if (where->locks[i])
			missing &= ~(1U << i);
	return where->nodes ? missing & ~CLASSES : missing;
}

static size_t find_site(const char *function)
{
	size_t i;

	for (i = 0; i < SITES; i++)
		if (strcmp(function, sites[i].function) == 0)
			break;
	return i;
}

lock_set lock_site_candidates(const char *function)
{
	size_t site = find_site(function);

	return site < SITES ? sites[site].takes : 0;
}

const char *lock_site_function(const char *function)
{
	size_t site = find_site(function);

	return site < SITES ? sites[site].function : NULL;
}

static void add_range(const struct symbols *symbols, const char *function, unsigned int kinds,
		      struct lock_places *places)
{
	char name[LOCK_NAME];
	uint64_t begin, end;
	size_t i;

	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", function, suffixes[i]);
		begin = symbols_extent(symbols, name, &end);
		if (begin && places->n_ranges < LOCK_RANGES)
			places->ranges[places->n_ranges++] = (struct lock_range){ begin, end - begin, kinds };
	}
}

bool lock_site_tell(const struct symbols *symbols, const struct locate *where, struct lock_places *places)
{
	lock_set missing = lock_site_missing(where);
	uint64_t end, text = symbols_text(symbols, &end);
	size_t i;

	if (!missing || !text)
		return false;
	places->text = text;
	places->text_bytes = end - text;
	places->by_site = (missing & ~PURGE ? LOCK_SPINS : 0) | (missing & PURGE ? LOCK_SLEEPS : 0);
	places->n_ranges = 0;
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		add_range(symbols, ways[i], 0, places);
	/* Also those that wait for others only: what they wait for is then known to be one of those. */
	for (i = 0; i < SITES; i++)
		add_range(symbols, sites[i].function, sites[i].takes == PURGE ? LOCK_SLEEPS : LOCK_SPINS,
			  places);
	return true;
}

/* Node @lock is of, and its class, in an array of @count at @base. False: there is no lock. */
static bool place_in_nodes(const struct locate *where, uint64_t base, unsigned int count, uint64_t lock,
			   unsigned int *ret_node, unsigned int *ret_class)
{
	uint64_t offset = lock - base;
	unsigned int class;

	*ret_node = (unsigned int)(offset / where->node_size);
	for (class = 0; class < LOCK_CLASSES; class++) {
		*ret_class = class;
		if (*ret_node < count && offset % where->node_size == where->node_locks[class])
			return true;
	}
	return false;
}

static bool is_variable(const struct lock_seen *seen, uint64_t text)
{
	return seen->address - text < IMAGE_MAX;
}

/* The array of nodes when every lock that is none of the kernel's variables has a place in it; else 0. */
static uint64_t find_nodes(const struct lock_seen *seen, size_t count, const struct locate *where,
			   uint64_t text, unsigned int nodes)
{
	uint64_t room = PAGE, base = 0;
	unsigned int node, class;
	size_t i;

	/* A single one is a variable. */
	if (!where->node_size || nodes < 2)
		return 0;
	while (room < (uint64_t)nodes * where->node_size)
		room *= 2;
	for (i = 0; i < count; i++) {
		if (is_variable(&seen[i], text))
			continue;
		if (base && (seen[i].address & -room) != base)
			return 0;
		base = seen[i].address & -room;
		if (!place_in_nodes(where, base, nodes, seen[i].address, &node, &class) ||
		    !(seen[i].candidates & LOCK_OF_NODES(class)))
			return 0;
	}
	return base;
}

static bool is_single(lock_set set)
{
	return set && (set & (set - 1)) == 0;
}

/* A variable that is one lock for certain is no candidate for another one. */
static void eliminate(struct lock_seen *seen, size_t count)
{
	bool again = true;
	size_t i, j;

	while (again) {
		again = false;
		for (i = 0; i < count; i++) {
			if (!is_single(seen[i].candidates) || !(seen[i].candidates & STATICS))
				continue;
			for (j = 0; j < count; j++) {
				if (j == i || !(seen[j].candidates & seen[i].candidates))
					continue;
				seen[j].candidates &= ~seen[i].candidates;
				again = true;
			}
		}
	}
}

static bool is_taken(const struct lock_seen *seen, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(seen[i].name, name) == 0)
			return true;
	return false;
}

static void name_by_waiter(struct lock_seen *one, const struct lock_seen *seen, size_t count)
{
	char name[LOCK_NAME];
	unsigned int nth;

	snprintf(name, sizeof(name), "lock of %.40s", one->site);
	for (nth = 2; is_taken(seen, count, name); nth++)
		snprintf(name, sizeof(name), "lock of %.40s, %u", one->site, nth);
	memcpy(one->name, name, sizeof(name));
}

static void name_one(struct lock_seen *one, const struct lock_seen *seen, size_t count,
		     const struct locate *where, uint64_t base, unsigned int nodes)
{
	char name[LOCK_NAME] = "";
	unsigned int node, class, i;

	if (base && (one->candidates & CLASSES) &&
	    place_in_nodes(where, base, nodes, one->address, &node, &class))
		lock_name(LOCK_STATICS + node * LOCK_CLASSES + class, name);
	for (i = 0; i < LOCK_STATICS; i++)
		if (one->candidates == 1U << i)
			lock_name(i, name);
	if (*name && !is_taken(seen, count, name))
		memcpy(one->name, name, sizeof(name));
	else
		name_by_waiter(one, seen, count);
}

void lock_site_name(struct lock_seen *seen, size_t count, const struct locate *where, uint64_t text,
		    unsigned int cpus)
{
	unsigned int nodes = cpus < LOCK_NODES ? cpus : LOCK_NODES;
	lock_set missing = lock_site_missing(where);
	uint64_t base;
	size_t i;

	for (i = 0; i < count; i++) {
		seen[i].candidates &= missing;
		if (where->has_nodes && nodes > 1)
			seen[i].candidates &= is_variable(&seen[i], text) ? STATICS : CLASSES;
	}
	base = find_nodes(seen, count, where, text, nodes);
	eliminate(seen, count);
	for (i = 0; i < count; i++)
		if (!*seen[i].name)
			name_one(&seen[i], seen, count, where, base, nodes);
}
