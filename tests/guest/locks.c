// SPDX-License-Identifier: GPL-2.0-only
#include "tests/guest/guest.h"

#include "bpf/locate.h"
#include "bpf/peek.h"
#include "bpf/trace.h"

#include <stdio.h>
#include <unistd.h>

/*
 * Where the locks are, by symbol and by text, and who waits for them: a load of operations= allocations in
 * threads= threads under each source, watched by two collectors at once, of which one does not know where
 * the locks are. Says {"t":"places","how","nodes","n","size","locks","lazy_pages","area_list"} twice, then
 * for each source {"t":"waits","source","naming","description","records"} twice, or once with "refused";
 * and the state and {"t":"splats","count"}.
 */
/* What the kernel puts off is done by then, so that both have seen the same. */
#define SETTLE_US 500000

static void say_places(const char *how, const struct locate *l)
{
	json_t *locks = json_array();
	unsigned int i;

	for (i = 0; i < LOCK_STATICS; i++)
		json_array_append_new(locks, json_integer((json_int_t)l->locks[i]));
	guest_say(json_pack("{s:s, s:s, s:I, s:i, s:i, s:o, s:I, s:I}", "t", "places", "how", how, "nodes",
			    (json_int_t)l->nodes, "n", (int)l->n_nodes, "size", (int)l->node_size, "locks",
			    locks, "lazy_pages", (json_int_t)l->lazy_pages, "area_list",
			    (json_int_t)l->area_list));
}

static void locate_both(void)
{
	char why[400] = "";
	struct symbols *symbols = symbols_read(why, sizeof(why));
	struct peek *peek;
	struct locate l;

	if (!symbols)
		guest_fail("%s", why);
	peek = peek_open(symbols, why, sizeof(why));
	locate(symbols, peek, &l);
	say_places("symbols", &l);
	locate_by_text(symbols, peek, &l);
	say_places("text", &l);
	peek_close(peek);
	symbols_free(symbols);
}

static struct trace *watch(const char *source, const char *naming)
{
	const struct trace_options options = { .locks = true, .source = source, .naming = naming };
	json_t *refused = NULL;
	struct trace *t;
	char why[400];

	t = trace_open(&options, &refused, why, sizeof(why));
	if (!t)
		guest_say(json_pack("{s:s, s:s, s:s?, s:O}", "t", "waits", "source", source, "naming", naming,
				    "refused", refused));
	json_decref(refused);
	return t;
}

static void say_waits(const char *source, const char *naming, struct trace *t)
{
	json_t *records;
	char why[400];

	if (!t)
		return;
	records = trace_read(t, why, sizeof(why));
	if (!records)
		guest_fail("%s", why);
	guest_say(json_pack("{s:s, s:s, s:s?, s:o, s:o}", "t", "waits", "source", source, "naming", naming,
			    "description", trace_describe(t), "records", records));
	trace_close(t);
}

static void watch_load(const char *source, unsigned int threads, unsigned int operations)
{
	struct trace *known = watch(source, NULL), *unknown = watch(source, "site");

	if (known || unknown)
		guest_storm("maps", threads, operations);
	usleep(SETTLE_US);
	say_waits(source, NULL, known);
	say_waits(source, "site", unknown);
}

static void say_state(void)
{
	const struct trace_options options = { .state = true };
	char why[400];
	struct trace *t = trace_open(&options, NULL, why, sizeof(why));
	json_t *records = t ? trace_read(t, why, sizeof(why)) : NULL;

	if (!records)
		guest_fail("%s", why);
	guest_say(json_incref(json_array_get(records, 0)));
	json_decref(records);
	trace_close(t);
}

int main(void)
{
	unsigned int threads, operations;
	const char *const *source;

	guest_begin();
	threads = guest_argument("threads");
	operations = guest_argument("operations");
	locate_both();
	for (source = trace_sources(); *source; source++)
		watch_load(*source, threads, operations);
	say_state();
	guest_say(json_pack("{s:s, s:i}", "t", "splats", "count", (int)guest_splats()));
	guest_end();
}
