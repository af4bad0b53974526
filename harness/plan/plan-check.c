// SPDX-License-Identifier: GPL-2.0-only
#include "plan-check.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "plan-machine.h"
#include "plan-memory.h"
#include "plan-rebuild.h"
#include "plan-schema.h"

/* More workers than this per CPU measure the scheduler. */
#define THREADS_PER_CPU_MAX 4

#define GATE_TIMED_PCT 2.0	/* measuring rule 4 */
#define GATE_COUNTED_PCT 0.1

bool plan_check_word(const struct yaml_where *where, const char *place, char **word, const char *const *known,
		     GError **error)
{
	g_autofree char *list = g_strjoinv(", ", (char **)known);

	if (!*word)
		*word = g_strdup(known[0]);
	if (g_strv_contains(known, *word))
		return true;
	return yaml_where_refuse(where, place, error, "\"%s\" is not known; expected one of: %s", *word, list);
}

bool plan_name_is_plain(const char *name)
{
	return g_regex_match_simple("^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$", name, G_REGEX_DOLLAR_ENDONLY, 0);
}

static bool check_arm_name(struct plan *p, const struct yaml_where *where, unsigned int index, GError **error)
{
	const char *name = p->arms[index].name;
	g_autofree char *place = g_strdup_printf("arms[%u].name", index);

	if (!plan_name_is_plain(name))
		return yaml_where_refuse(
			where, place, error,
			"\"%s\" cannot be an arm's name; expected 1 to 40 letters, digits, '.', '_' or '-'",
			name);
	if (p->aa && !strcmp(name, PLAN_AA_ARM))
		return yaml_where_refuse(
			where, place, error,
			"with aa: true the name \"%s\" is taken by the baseline's second label", PLAN_AA_ARM);
	for (unsigned int i = 0; i < index; i++) {
		if (!strcmp(p->arms[i].name, name))
			return yaml_where_refuse(where, place, error, "there is an arm \"%s\" already", name);
	}
	return true;
}

char *plan_beside(const struct plan *p, const char *path)
{
	g_autofree char *dir = g_path_get_dirname(p->path);
	g_autofree char *absolute = g_canonicalize_filename(dir, NULL);

	return g_canonicalize_filename(path, absolute);
}

/* A kernel that was built already is what it is: nothing of it can be chosen here. */
static bool check_image(struct plan *p, const struct yaml_where *where, unsigned int index, GError **error)
{
	const struct plan_arm *arm = &p->arms[index];
	const char *key = arm->series_count ? "series" : arm->config ? "config" : arm->layout ? "layout" : NULL;
	g_autofree char *place = g_strdup_printf("arms[%u].%s", index, key ? key : "source");

	if (key)
		return yaml_where_refuse(
			where, place, error,
			"the kernel of %s was built already: it cannot have a %s; take a source, or "
			"leave it out", arm->source, key);
	if (g_regex_match_simple("^" PLAN_IMAGE_FORM "linux-image-[a-z0-9+.-]+(@[A-Za-z0-9][a-z0-9+.-]*)?$",
				 arm->source, G_REGEX_DOLLAR_ENDONLY, 0))
		return true;
	return yaml_where_refuse(
		where, place, error,
		"\"%s\" names no package of a kernel; expected image:linux-image-NAME@SUITE, such as "
		"image:linux-image-cloud-amd64@bookworm", arm->source);
}

/* The sources that name a file or folder: makes it absolute. git:TREE@REF keeps its ref. */
static bool check_source(struct plan *p, const struct yaml_where *where, unsigned int index, GError **error)
{
	static const char *const file_kinds[] = { "git:", "tar:", "dir:" };
	struct plan_arm *arm = &p->arms[index];
	g_autofree char *place = g_strdup_printf("arms[%u].source", index);

	if (plan_arm_is_image(arm))
		return check_image(p, where, index, error);
	for (size_t i = 0; i < G_N_ELEMENTS(file_kinds); i++) {
		const char *name = arm->source + strlen(file_kinds[i]);
		const char *ref = !strcmp(file_kinds[i], "git:") ? strrchr(arm->source, '@') : NULL;
		g_autofree char *file = NULL;
		g_autofree char *path = NULL;
		char *whole;

		if (!g_str_has_prefix(arm->source, file_kinds[i]) || !*name)
			continue;
		file = ref ? g_strndup(name, ref - name) : g_strdup(name);
		path = plan_beside(p, file);
		if (!g_file_test(path, G_FILE_TEST_EXISTS))
			return yaml_where_refuse(where, place, error, "%s: there is no such file or folder",
						 path);
		whole = g_strconcat(file_kinds[i], path, ref, NULL);
		g_free(arm->source);
		arm->source = whole;
		return true;
	}
	if (g_regex_match_simple("^(deb:|linux-).", arm->source, 0, 0))
		return true;
	return yaml_where_refuse(
		where, place, error,
		"\"%s\" is no source; expected linux-7.3, deb:PACKAGE@SUITE, git:TREE@REF, tar:FILE, "
		"dir:FOLDER or image:PACKAGE@SUITE", arm->source);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds @path to @files, or, when it is a folder, its *.patch files in the order of their names. */
static bool add_patches(GPtrArray *files, const char *path, GError **error)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new();
	g_autoptr(GDir) dir = NULL;
	const char *name;

	if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
		g_ptr_array_add(files, g_strdup(path));
		return true;
	}
	dir = g_dir_open(path, 0, error);
	if (!dir)
		return false;
	while ((name = g_dir_read_name(dir))) {
		if (g_str_has_suffix(name, ".patch"))
			g_ptr_array_add(found, g_build_filename(path, name, NULL));
	}
	g_ptr_array_sort(found, compare_names);
	g_ptr_array_extend_and_steal(files, g_steal_pointer(&found));
	return true;
}

static bool check_series(struct plan *p, const struct yaml_where *where, unsigned int index, GError **error)
{
	struct plan_arm *arm = &p->arms[index];
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);

	for (unsigned int i = 0; i < arm->series_count; i++) {
		g_autofree char *place = g_strdup_printf("arms[%u].series[%u]", index, i);
		g_autofree char *path = plan_beside(p, arm->series[i]);
		guint before = files->len;

		if (!g_file_test(path, G_FILE_TEST_EXISTS))
			return yaml_where_refuse(where, place, error, "%s: there is no such patch", path);
		if (!add_patches(files, path, error))
			return false;
		if (files->len == before)
			return yaml_where_refuse(where, place, error, "%s: this folder has no *.patch files",
						 path);
	}
	for (unsigned int i = 0; i < arm->series_count; i++)
		free(arm->series[i]);
	free(arm->series);
	arm->series_count = files->len;
	arm->series = (char **)g_ptr_array_free(g_steal_pointer(&files), FALSE);
	return true;
}

static bool check_config(struct plan *p, const struct yaml_where *where, unsigned int index, GError **error)
{
	struct plan_arm *arm = &p->arms[index];
	g_autofree char *place = g_strdup_printf("arms[%u].config", index);
	g_autofree char *path = arm->config ? plan_beside(p, arm->config) : NULL;

	if (!path)
		return true;
	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return yaml_where_refuse(where, place, error, "%s: there is no such file", path);
	g_free(arm->config);
	arm->config = g_steal_pointer(&path);
	return true;
}

static bool check_arm_files(struct plan *p, const struct yaml_where *where, unsigned int index, GError **error)
{
	return check_source(p, where, index, error) && check_series(p, where, index, error) &&
	       check_config(p, where, index, error);
}

static bool check_arms(struct plan *p, const struct yaml_where *where, bool with_files, GError **error)
{
	for (unsigned int i = 0; i < p->arms_count; i++) {
		if (!check_arm_name(p, where, i, error) || (with_files && !check_arm_files(p, where, i, error)))
			return false;
	}
	if (!p->baseline)
		p->baseline = g_strdup(p->arms[0].name);
	if (!plan_find_arm(p, p->baseline) || !strcmp(p->baseline, PLAN_AA_ARM))
		return yaml_where_refuse(where, "baseline", error, "there is no arm \"%s\"", p->baseline);
	if (p->arms_count == 1 && !p->aa)
		return yaml_where_refuse(
			where, "arms", error,
			"one arm has nothing to be compared with; add a second arm, or aa: true to compare "
			"it with itself");
	return true;
}

enum own_key { OWN_LIVE = 1 << 0, OWN_LATENCY = 1 << 1, OWN_PRESSURE = 1 << 2, OWN_CYCLES = 1 << 3 };

/*
 * The loads of our own modules, which of these keys they take, and whether they cycle; a test compares this
 * with their sources. The last is that of the agent, by the module of module_load.
 */
static const struct {
	const char *test;
	unsigned int keys;
} own_loads[] = {
	{ "churn_load", OWN_LATENCY },
	{ "held_churn_load", OWN_LIVE | OWN_LATENCY },
	{ "lookup_load", OWN_LIVE | OWN_LATENCY },
	{ "lifetime_load", OWN_LIVE | OWN_LATENCY },
	{ "module_load", OWN_LIVE | OWN_CYCLES },
	{ "module_soak", OWN_LIVE | OWN_PRESSURE | OWN_CYCLES },
	{ "drill-leak", OWN_LIVE | OWN_PRESSURE | OWN_CYCLES },
	{ PLAN_MEMORY_TEST, OWN_LIVE },
};

bool plan_cell_cycles(const struct plan_cell *cell)
{
	for (size_t i = 0; i < G_N_ELEMENTS(own_loads); i++) {
		if (!strcmp(own_loads[i].test, cell->test))
			return own_loads[i].keys & OWN_CYCLES;
	}
	return false;
}

/* What only some of our own loads know, as others would run without it and not say so. */
static bool check_own(struct plan *p, const struct yaml_where *where, unsigned int index, const char *name,
		      enum own_key key, bool wanted, GError **error)
{
	g_autofree char *place = g_strdup_printf("cells[%u].%s", index, name);
	g_autoptr(GString) known = g_string_new(NULL);

	if (!wanted)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(own_loads); i++) {
		if (!(own_loads[i].keys & key))
			continue;
		if (!strcmp(own_loads[i].test, p->cells[index].test))
			return true;
		g_string_append_printf(known, "%s%s", known->len ? ", " : "", own_loads[i].test);
	}
	return yaml_where_refuse(where, place, error, "%s has no such parameter; those that have: %s",
				 p->cells[index].test, known->str);
}

/* How many threads the machine of @p has use for; a board says when it is reached how many CPUs it has. */
static unsigned int most_threads(const struct plan *p)
{
	unsigned int cpus = plan_machine_is_board(&p->machine) ? PLAN_BOARD_CPUS_MAX : p->machine.smp;

	return cpus * THREADS_PER_CPU_MAX;
}

static bool check_threads(struct plan *p, const struct yaml_where *where, unsigned int index, unsigned int t,
			  GError **error)
{
	unsigned int threads = p->cells[index].threads[t], most = most_threads(p);
	g_autofree char *place = g_strdup_printf("cells[%u].threads[%u]", index, t);

	if (threads >= 1 && threads <= most)
		return true;
	if (plan_machine_is_board(&p->machine))
		return yaml_where_refuse(where, place, error, "%u threads; expected 1 to %u", threads, most);
	return yaml_where_refuse(
		where, place, error,
		"%u threads on %u CPU%s%s%s; expected 1 to %u (%d for each CPU: more measure the "
		"scheduler)",
		threads, p->machine.smp, p->machine.smp == 1 ? "" : "s", p->machine.name ? " of " : "",
		p->machine.name ? p->machine.name : "", most, THREADS_PER_CPU_MAX);
}

static bool check_cell(struct plan *p, const struct yaml_where *where, unsigned int index, GError **error)
{
	const struct plan_cell *cell = &p->cells[index];
	g_autofree char *place = g_strdup_printf("cells[%u].test", index);
	g_autofree char *loops_place = g_strdup_printf("cells[%u].loops", index);

	if (!plan_name_is_plain(cell->test))
		return yaml_where_refuse(where, place, error, "\"%s\" cannot be the name of a test",
					 cell->test);
	if (!check_own(p, where, index, "live", OWN_LIVE, cell->live > 0, error) ||
	    !check_own(p, where, index, "latency", OWN_LATENCY, cell->latency, error) ||
	    !check_own(p, where, index, "pressure", OWN_PRESSURE, cell->pressure, error))
		return false;
	if (!plan_memory_check(p, where, index, error))
		return false;
	if (p->subtract_setup && cell->loops < 2)
		return yaml_where_refuse(
			where, loops_place, error,
			"with subtract_setup: true the time of one loop is subtracted from that of all; "
			"expected 2 loops or more");
	for (unsigned int t = 0; t < cell->threads_count; t++) {
		if (!check_threads(p, where, index, t, error))
			return false;
	}
	return true;
}

/* Those of bpf/trace.h, which a unit test compares: what reads plans has no BPF in it. */
static const char *const trace_backends[] = { "fsession", "fentry", "kprobe.session", "kprobe",
					      "tp_btf",	  "raw_tp", "tracefs",	      NULL };
static const char *const trace_sources[] = { "slowpath", "tracepoint", "tracefs", NULL };

/* @word chooses among the ways to do something, when that is @wanted; NULL leaves the choice to the tracer. */
static bool check_way(const struct yaml_where *where, const char *place, char *word, bool wanted,
		      const char *const *known, GError **error)
{
	if (!word)
		return true;
	if (wanted)
		return plan_check_word(where, place, &word, known, error);
	return yaml_where_refuse(where, place, error, "the collector that this is for is switched off");
}

static bool check_trace(struct plan *p, const struct yaml_where *where, GError **error)
{
	struct plan_trace *t = &p->trace;

	if (t->loads > 0 && !t->latency && !t->locks)
		return yaml_where_refuse(
			where, "trace", error,
			"a tracing pass with neither latency nor locks traces nothing; leave trace out");
	return check_way(where, "trace.backend", t->backend, t->latency, trace_backends, error) &&
	       check_way(where, "trace.source", t->source, t->locks, trace_sources, error);
}

static bool check_rows_differ(struct plan *p, const struct yaml_where *where, GError **error)
{
	g_autoptr(GPtrArray) rows = plan_rows(p);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < rows->len; i++) {
		const struct plan_row *row = rows->pdata[i];

		if (!g_hash_table_add(seen, row->name))
			return yaml_where_refuse(
				where, "cells", error,
				"the cell %s stands here twice; a row of the result needs a name of its own",
				row->name);
	}
	return true;
}

bool plan_check(struct plan *p, const struct yaml_where *where, const struct plan_target *target,
		bool with_files, GError **error)
{
	if (!plan_machine_settle(p, where, target, with_files, error) ||
	    !check_arms(p, where, with_files, error))
		return false;
	for (unsigned int i = 0; i < p->cells_count; i++) {
		if (!check_cell(p, where, i, error))
			return false;
	}
	if (!check_rows_differ(p, where, error) || !check_trace(p, where, error) ||
	    !plan_rebuild_check(p, where, error))
		return false;
	if (p->design.gate_pct < 0)
		p->design.gate_pct = plan_machine_is_counted(&p->machine) ? GATE_COUNTED_PCT : GATE_TIMED_PCT;
	return true;
}
