// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/collector.h"
#include "bpf/locate.h"
#include "bpf/peek.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * How much there is of what mm/vmalloc manages. /proc/vmallocinfo would tell the number of areas, but prints
 * them all under the locks that are being measured; here their lists are walked without a lock, when somebody
 * asks: nothing is added to the path of an allocation.
 */
struct state {
	struct peek *peek;	/* NULL: the kernel's memory cannot be read */
	struct locate where;
};

/* Of a list that changes under a walk, the way may lead away: then once more. */
#define WALKS 8

static void state_close(void *collector)
{
	struct state *s = collector;

	peek_close(s->peek);
	free(s);
}

static void *state_open(const struct collector_options *options, json_t *refused, char *why, size_t size)
{
	struct state *s = calloc(1, sizeof(*s));
	char unreadable[COLLECTOR_WHY];

	if (!s) {
		snprintf(why, size, "There is no memory for the state of the kernel.");
		return NULL;
	}
	s->peek = peek_open(options->symbols, unreadable, sizeof(unreadable));
	if (!s->peek)
		collector_refuse(refused, "state", "reading memory", unreadable);
	locate(options->symbols, s->peek, &s->where);
	return s;
}

static json_t *state_describe(const void *collector)
{
	const struct state *s = collector;

	return json_pack("{s:s, s:s, s:s, s:i, s:[]}", "collector", "state", "backend",
			 s->peek ? "peek" : "proc", "measures",
			 "VmallocUsed, the number of vmap areas in use, and the pages of areas that were freed "
			 "and not yet purged, each at the moment of reading",
			 "attached", 0, "absent");
}

static json_t *vmalloc_used(void)
{
	FILE *file = fopen("/proc/meminfo", "re");
	unsigned long long kib;
	char line[128];
	json_t *used = NULL;

	while (file && !used && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmallocUsed: %llu kB", &kib) == 1)
			used = json_integer((json_int_t)kib);
	if (file)
		fclose(file);
	return used ? used : json_null();
}

static bool count_list(struct peek *peek, uint64_t head, uint64_t *sum)
{
	unsigned int walk;
	uint64_t count;

	for (walk = 0; walk < WALKS; walk++) {
		if (peek_count(peek, head, &count)) {
			*sum += count;
			return true;
		}
	}
	return false;
}

static json_t *areas(const struct state *s)
{
	const struct locate *w = &s->where;
	uint64_t sum = 0;
	uint32_t node;

	if (w->area_list && !w->has_nodes)
		return count_list(s->peek, w->area_list, &sum) ? json_integer((json_int_t)sum) : json_null();
	if (!w->nodes || !w->busy_list)
		return json_null();
	for (node = 0; node < w->n_nodes; node++)
		if (!count_list(s->peek, w->nodes + (uint64_t)node * w->node_size + w->busy_list, &sum))
			return json_null();
	return json_integer((json_int_t)sum);
}

static json_t *lazy_pages(const struct state *s)
{
	int64_t pages;

	if (!s->where.lazy_pages || !peek_read(s->peek, s->where.lazy_pages, &pages, sizeof(pages)) ||
	    pages < 0)
		return json_null();
	return json_integer(pages);
}

static bool state_read(void *collector, json_t *records, char *why, size_t size)
{
	const struct state *s = collector;

	(void)why;
	(void)size;
	json_array_append_new(records,
			      json_pack("{s:s, s:o, s:o, s:o}", "t", "state", "vmalloc_used_kib",
					vmalloc_used(), "areas", areas(s), "lazy_pages", lazy_pages(s)));
	return true;
}

/* There is no choice of a way here. */
static const char *const backends[] = { NULL };

const struct collector state_collector = {
	.name = "state",
	.backends = backends,
	.open = state_open,
	.describe = state_describe,
	.read = state_read,
	.close = state_close,
};
