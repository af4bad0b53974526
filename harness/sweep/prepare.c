// SPDX-License-Identifier: GPL-2.0-only
#include "prepare.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arm.h"
#include "base/error.h"
#include "base/json.h"
#include "base/path.h"
#include "base/units.h"
#include "host.h"
#include "journal/journal.h"
#include "journal/run.h"
#include "kernels/kconfig.h"
#include "load.h"
#include "on-board.h"
#include "plan/plan-machine.h"
#include "profiler.h"
#include "runners/accel.h"

/* Of the host's available memory, a guest may take this share. */
#define MEMORY_SHARE_PCT 80

static bool check_memory(const struct plan *p, GPtrArray *rows, GError **error)
{
	guint64 host_mib = host_available_mib();

	for (guint i = 0; i < rows->len; i++) {
		guint64 need_mib = p->machine.memory_mib ? p->machine.memory_mib
							 : load_memory_mib(rows->pdata[i], p->machine.smp);

		if (host_mib == 0 || need_mib <= host_mib * MEMORY_SHARE_PCT / 100)
			continue;
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
			    "%s: the cell %s needs a guest with %" G_GUINT64_FORMAT
			    " MiB, more than %d %% of the %" G_GUINT64_FORMAT
			    " MiB that are free here; use fewer threads or CPUs",
			    p->path, ((struct plan_row *)rows->pdata[i])->name, need_mib, MEMORY_SHARE_PCT,
			    host_mib);
		return false;
	}
	return true;
}

static bool check_tests(const struct kernel *k, GPtrArray *rows, GError **error)
{
	for (guint i = 0; i < rows->len; i++) {
		const struct plan_row *row = rows->pdata[i];
		g_autofree char *params = NULL;

		if (load_drill(row))
			continue;
		params = load_params(k, row, row->cell->loops, error);
		if (!params)
			return false;
	}
	return true;
}

/* The lines of the kernel's configuration, in the order of their names. */
static json_t *describe_config(const char *text)
{
	g_autoptr(GHashTable) values = kconfig_parse_dot_config(text);
	g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(values), (GCompareFunc)strcmp);
	json_t *lines = json_object();

	for (GList *l = names; l; l = l->next)
		json_object_set_new(lines, l->data, json_string(g_hash_table_lookup(values, l->data)));
	return lines;
}

/* Adds the configuration of @k to the manifest's "configs", where it stands under its digest, once. */
static bool add_config(json_t *configs, const struct kernel *k, GError **error)
{
	const char *digest = json_text(json_object_get(k->manifest, "config"), "sha256");
	g_autofree char *path = g_build_filename(k->dir, "config", NULL);
	g_autofree char *text = NULL;

	if (!digest || json_object_get(configs, digest))
		return true;
	if (!g_file_get_contents(path, &text, NULL, error))
		return false;
	json_object_set_new(configs, digest, describe_config(text));
	return true;
}

/* The entry of the manifest's "arms" for a kernel that is there. */
static json_t *describe_kernel(const struct kernel *k, const char *name, GPtrArray *rows, json_t *configs,
			       GError **error)
{
	g_autofree char *dir = NULL;

	if (!check_tests(k, rows, error)) {
		g_prefix_error(error, "arm %s: ", name);
		return NULL;
	}
	if (!add_config(configs, k, error))
		return NULL;
	dir = g_filename_to_utf8(k->dir, -1, NULL, NULL, error);
	if (!dir)
		return NULL;
	return json_pack("{s:s, s:s, s:O}", "name", name, "kernel_dir", dir, "kernel", k->manifest);
}

/*
 * A patch of a series that does not apply or compile is a result, as one that does not boot is: not what would
 * have kept any kernel from being built.
 */
static bool may_fail(const struct plan_arm *arm, const GError *reason)
{
	return arm->step > 0 && (g_error_matches(reason, BENCH_ERROR, BENCH_ERROR_KERNEL) ||
				 g_error_matches(reason, BENCH_ERROR, BENCH_ERROR_USAGE));
}

/* What arm_kernel() says, without its begin: the entry has the arm's name already. */
static const char *sentence_of(const struct plan_arm *arm, const GError *reason)
{
	g_autofree char *begin = g_strdup_printf("arm %s: ", arm->name);

	return reason->message + (g_str_has_prefix(reason->message, begin) ? strlen(begin) : 0);
}

/* The entry of an arm without a kernel. */
static json_t *unbuilt_new(const struct plan_arm *arm, const char *why)
{
	return json_pack("{s:s, s:{s:s}}", "name", arm->name, RUN_UNBUILT, "why", why);
}

/* The same for what another arm has the reason of. */
static json_t *unbuilt_behind(const struct plan_arm *arm, const char *other)
{
	g_autofree char *why = g_strdup_printf("it stands on patch %s, which has no kernel", other);

	return unbuilt_new(arm, why);
}

/* All that are behind a patch that does not apply have its reason. */
static json_t *describe_unbuilt(const struct plan_arm *arm, const GError *reason, const json_t *arms)
{
	g_autofree char *why = g_utf8_make_valid(sentence_of(arm, reason), -1);
	const json_t *earlier;
	size_t i;

	json_array_foreach((json_t *)arms, i, earlier) {
		if (!g_strcmp0(json_text(json_object_get(earlier, RUN_UNBUILT), "why"), why))
			return unbuilt_behind(arm, json_text(earlier, "name"));
	}
	return unbuilt_new(arm, why);
}

/* Whether @name is among @arms, and has no kernel. */
static bool is_unbuilt(const json_t *arms, const char *name)
{
	const json_t *arm;
	size_t i;

	json_array_foreach((json_t *)arms, i, arm) {
		if (!g_strcmp0(json_text(arm, "name"), name))
			return json_object_get(arm, RUN_UNBUILT);
	}
	return false;
}

/* One entry of the manifest's "arms", of which @arms has those before. */
static json_t *describe_arm(const struct plan *p, const char *name, GPtrArray *rows, json_t *configs,
			    const json_t *arms, GError **error)
{
	const struct plan_arm *arm = plan_find_arm(p, name);
	g_autoptr(GError) reason = NULL;
	g_autoptr(kernel) k = NULL;

	if (arm->rebuild_of && is_unbuilt(arms, arm->rebuild_of))
		return unbuilt_behind(arm, arm->rebuild_of);
	k = arm_kernel(p, arm, &reason);
	if (k)
		return describe_kernel(k, name, rows, configs, error);
	if (may_fail(arm, reason))
		return describe_unbuilt(arm, reason, arms);
	g_propagate_error(error, g_steal_pointer(&reason));
	return NULL;
}

static json_t *describe_arms(const struct plan *p, GPtrArray *rows, json_t *configs, GError **error)
{
	g_autoptr(GPtrArray) names = plan_arm_names(p);
	g_autojson arms = json_array();

	for (guint i = 0; i < names->len; i++) {
		json_t *arm = describe_arm(p, names->pdata[i], rows, configs, arms, error);

		if (!arm)
			return NULL;
		json_array_append_new(arms, arm);
	}
	return json_incref(arms);
}

json_t *prepare_command(char **argv)
{
	json_t *words = json_pack("[s]", "vmapbench");

	for (; *argv; argv++) {
		g_autofree char *word = g_filename_display_name(*argv);

		json_array_append_new(words, json_string(word));
	}
	return words;
}

static json_t *describe_run(const struct plan *p, const char *accel, json_t *arms, json_t *host, char **argv)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *created = g_date_time_format_iso8601(now);
	g_autofree char *path = g_filename_display_name(p->path);
	guint64 seed = p->design.seed ? p->design.seed : g_random_int();

	return json_pack("{s:i, s:s, s:o, s:{s:s, s:s}, s:I, s:s, s:O, s:O}", "v", JOURNAL_VERSION, "created",
			 created, "command", prepare_command(argv), "plan", "path", path, "text", p->text,
			 "seed", (json_int_t)seed, "accel", accel, "host", host, "arms", arms);
}

/* Exact counts need counted mode, and kernels whose functions are known. */
static bool check_profile(const struct plan *p, GError **error)
{
	if (strcmp(p->machine.accel, "counted")) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s: exact profiles are made in counted mode; the plan has to say "
			    "machine: {accel: counted}",
			    p->path);
		return false;
	}
	if (strcmp(p->machine.arch, "x86_64")) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s: exact profiles follow the calls of x86_64 alone, not those of %s", p->path,
			    p->machine.arch);
		return false;
	}
	for (unsigned int i = 0; i < p->arms_count; i++) {
		if (!plan_arm_is_image(&p->arms[i]))
			continue;
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s: arm %s: a kernel that others have built comes without the list of its "
			    "functions, so that it cannot be profiled",
			    p->path, p->arms[i].name);
		return false;
	}
	return true;
}

char *prepare_dir(const struct plan *p)
{
	g_autofree char *path = g_canonicalize_filename(p->path, NULL);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(folder);
	g_autoptr(GDateTime) now = g_date_time_new_now_local();
	g_autofree char *stamp = g_date_time_format(now, "%Y%m%d-%H%M%S");

	return g_strdup_printf("runs/%s-%s", name, stamp);
}

/* Never on top of another run. */
static bool make_dir(const char *dir, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(dir);
	g_autofree char *console = g_build_filename(dir, "console", NULL);

	if (!path_make_dirs(parent, error))
		return false;
	if (g_mkdir(dir, 0755) < 0) {
		g_set_error(error, BENCH_ERROR, errno == EEXIST ? BENCH_ERROR_USAGE : BENCH_ERROR_INFRA,
			    "%s: cannot make the run's folder: %s%s", dir, g_strerror(errno),
			    errno == EEXIST ? "; `vmapbench sweep --resume` goes on with a run" : "");
		return false;
	}
	return path_make_dirs(console, error);
}

static bool write_run(const char *dir, const json_t *manifest, GError **error)
{
	g_autofree char *manifest_path = g_build_filename(dir, "manifest.json", NULL);
	g_autofree char *journal_path = g_build_filename(dir, "journal.jsonl", NULL);
	g_autoptr(journal) j = NULL;

	if (!make_dir(dir, error))
		return false;
	j = journal_open(journal_path, NULL, error);
	if (j && json_file_write(manifest_path, manifest, error))
		return true;
	path_remove_tree(dir, NULL);
	return false;
}

/* What the boots run on; *ret_board is what the manifest says of a board, NULL without one. */
static bool find_machine(const struct plan *p, GPtrArray *rows, char **ret_accel, json_t **ret_board,
			 GError **error)
{
	if (plan_machine_is_board(&p->machine)) {
		*ret_accel = g_strdup(p->machine.accel);
		*ret_board = on_board_describe(p, rows, error);
		return *ret_board;
	}
	*ret_accel = accel_choose(p->machine.arch, p->machine.accel, error);
	return *ret_accel && check_memory(p, rows, error);
}

static void add_cpu(json_t *manifest, const struct plan *p, const char *accel)
{
	g_autofree char *cpu = host_guest_cpu(&p->machine, accel);

	if (cpu)
		json_object_set_new(manifest, "cpu", json_string(cpu));
}

/* @more: what the manifest of this kind of run says beside, or NULL. */
static char *prepare(const struct plan *p, const char *dir, json_t *more, char **argv, GError **error)
{
	g_autofree char *name = dir ? g_strdup(dir) : prepare_dir(p);
	g_autoptr(GPtrArray) rows = plan_rows(p);
	g_autofree char *accel = NULL;
	g_autojson configs = json_object();
	g_autojson manifest = NULL;
	g_autojson arms = NULL;
	g_autojson on_board = NULL;
	g_autojson host = NULL;

	if (g_file_test(name, G_FILE_TEST_EXISTS)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s exists already; give another --out, or go on with it by `vmapbench sweep "
			    "--resume` (a soak: `soak --resume`)",
			    name);
		return NULL;
	}
	if (!find_machine(p, rows, &accel, &on_board, error))
		return NULL;
	host = on_board ? host_describe(json_text(on_board, "arch"), false, error)
			: host_describe(p->machine.arch, true, error);
	arms = host ? describe_arms(p, rows, configs, error) : NULL;
	if (!arms)
		return NULL;
	manifest = describe_run(p, accel, arms, host, argv);
	if (!manifest) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s: the run cannot be described in JSON: some text in the plan is not UTF-8",
			    p->path);
		return NULL;
	}
	json_object_set(manifest, "configs", configs);
	add_cpu(manifest, p, accel);
	if (json_object_size(p->target))
		json_object_set(manifest, "target", p->target);
	if (on_board)
		json_object_set(manifest, "board", on_board);
	if (p->series)
		json_object_set(manifest, "series", p->series);
	if (more)
		json_object_update(manifest, more);
	return write_run(name, manifest, error) ? g_steal_pointer(&name) : NULL;
}

char *prepare_run(const struct plan *p, const char *dir, char **argv, GError **error)
{
	return prepare(p, dir, NULL, argv, error);
}

char *prepare_soak(const struct plan *p, const char *dir, unsigned int for_s, char **argv, GError **error)
{
	g_autojson more = json_pack("{s:{s:i}}", "soak", "for_s", (int)for_s);

	if (strcmp(p->machine.accel, "counted"))
		return prepare(p, dir, more, argv, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s: in counted mode every boot does what the one before it did, so that a soak finds "
		    "nothing; the plan has to say machine: {accel: auto}",
		    p->path);
	return NULL;
}

char *prepare_profile(const struct plan *p, const char *dir, const char *const *functions, char **argv,
		      GError **error)
{
	json_t *profile = check_profile(p, error) ? profiler_describe(functions, error) : NULL;
	g_autojson more = profile ? json_pack("{s:o}", "profile", profile) : NULL;

	return more ? prepare(p, dir, more, argv, error) : NULL;
}

char *prepare_samples(const struct plan *p, const char *dir, unsigned int hz, const char *event, char **argv,
		      GError **error)
{
	g_autojson more = json_pack("{s:{s:i, s:s?}}", "samples", "hz", (int)hz, "event", event);

	if (strcmp(p->machine.accel, "counted"))
		return prepare(p, dir, more, argv, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s: in counted mode nothing runs in real time, so that there is nothing to sample; give "
		    "--counted for its exact counts, or let the plan say machine: {accel: auto}",
		    p->path);
	return NULL;
}
