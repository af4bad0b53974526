// SPDX-License-Identifier: GPL-2.0-only
#include "plan-machine.h"

#include <string.h>

#include "base/error.h"
#include "plan-check.h"
#include "plan-schema.h"

static const char *const arches[] = { "x86_64", "arm64", NULL };

#define SMP_DEFAULT 4
#define SMP_COUNTED 1		/* instructions are counted on one running CPU */

/* Where a machine of a plan stands. */
struct place {
	const struct plan *plan;
	const struct yaml_where *where;
	const char *name;		/* "machine" */
	bool with_files;
};

bool plan_machine_knows_arch(const char *arch)
{
	return arch && g_strv_contains(arches, arch);
}

char *plan_machine_arches(void)
{
	return g_strjoinv(", ", (char **)arches);
}

bool plan_machine_is_counted(const struct plan_machine *m)
{
	return !strcmp(m->accel, "counted");
}

bool plan_machine_is_board(const struct plan_machine *m)
{
	return !strcmp(m->runner, PLAN_RUNNER_BOARD);
}

static char *key_of(const struct place *at, const char *key)
{
	return g_strdup_printf("%s.%s", at->name, key);
}

static bool refuse(const struct place *at, const char *key, const char *sentence, GError **error)
{
	g_autofree char *place = key_of(at, key);

	return yaml_where_refuse(at->where, place, error, "%s", sentence);
}

static bool check_word(const struct place *at, const char *key, char **word, const char *const *known,
		       GError **error)
{
	g_autofree char *place = key_of(at, key);

	return plan_check_word(at->where, place, word, known, error);
}

static bool check_cpu(const struct place *at, const struct plan_machine *m, GError **error)
{
	g_autofree char *place = key_of(at, "cpu");

	if (!m->cpu || plan_name_is_plain(m->cpu))
		return true;
	return yaml_where_refuse(
		at->where, place, error,
		"\"%s\" cannot be a CPU model of QEMU; expected 1 to 40 letters, digits, '.', '_' "
		"or '-', such as cortex-a72 or max", m->cpu);
}

static bool check_counted(const struct place *at, const struct plan_machine *m, GError **error)
{
	bool counted = plan_machine_is_counted(m);

	if (counted && m->smp != SMP_COUNTED)
		return refuse(at, "smp",
			      "counted mode runs one CPU: smp must be 1 or left out (nodes: true keeps the "
			      "vmap nodes of a machine with 4)",
			      error);
	if (m->nodes && !counted)
		return refuse(at, "nodes", "only accel: counted knows nodes; elsewhere smp decides", error);
	return true;
}

static bool check_qemu(const struct place *at, struct plan_machine *m, GError **error)
{
	static const char *const accels[] = { "auto", "kvm", "tcg", "counted", NULL };

	if (m->board)
		return refuse(at, "board", "QEMU needs no board file; runner: board is what reads one", error);
	if (!check_word(at, "arch", &m->arch, arches, error) ||
	    !check_word(at, "accel", &m->accel, accels, error) || !check_cpu(at, m, error))
		return false;
	if (m->smp == 0)
		m->smp = plan_machine_is_counted(m) ? SMP_COUNTED : SMP_DEFAULT;
	return check_counted(at, m, error);
}

/* What the plan says of a board, a board would contradict. */
static bool check_board_owns(const struct place *at, GError **error)
{
	static const char *const keys[] = { "arch", "cpu", "smp", "accel", "nodes", "memory_mib" };

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autofree char *place = key_of(at, keys[i]);

		if (yaml_where_has(at->where, place))
			return yaml_where_refuse(
				at->where, place, error,
				"a board has its own %s, which a plan cannot choose; leave it out", keys[i]);
	}
	return true;
}

static bool check_board(const struct place *at, struct plan_machine *m, GError **error)
{
	g_autofree char *place = key_of(at, "board");
	g_autofree char *path = NULL;

	if (!check_board_owns(at, error))
		return false;
	if (!m->board)
		return refuse(at, "board", "runner: board needs the name of a board file (docs/boards.md)",
			      error);
	m->accel = g_strdup(PLAN_ACCEL_BOARD);
	if (!at->with_files)
		return true;
	path = plan_beside(at->plan, m->board);
	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return yaml_where_refuse(at->where, place, error, "%s: there is no such file", path);
	g_free(m->board);
	m->board = g_steal_pointer(&path);
	return true;
}

static bool check_machine(const struct place *at, struct plan_machine *m, GError **error)
{
	static const char *const runners[] = { "qemu", PLAN_RUNNER_BOARD, NULL };

	return check_word(at, "runner", &m->runner, runners, error) &&
	       (plan_machine_is_board(m) ? check_board(at, m, error) : check_qemu(at, m, error));
}

/* A folder of each run is called so, beside the manifest of all of them. */
static bool check_name(const struct place *at, unsigned int index, GError **error)
{
	const struct plan *p = at->plan;
	const char *name = p->machines[index].name;
	g_autofree char *place = key_of(at, "name");

	if (!plan_name_is_plain(name) || !strcmp(name, "manifest.json"))
		return yaml_where_refuse(
			at->where, place, error,
			"\"%s\" cannot be a machine's name; expected 1 to 40 letters, digits, '.', "
			"'_' or '-', and not manifest.json", name);
	for (unsigned int i = 0; i < index; i++) {
		if (!strcmp(p->machines[i].name, name))
			return yaml_where_refuse(at->where, place, error, "there is a machine \"%s\" already",
						 name);
	}
	return true;
}

static bool check_list(struct plan *p, const struct place *list, GError **error)
{
	if (yaml_where_has(list->where, "machine"))
		return yaml_where_refuse(list->where, "machine", error,
					 "this plan lists machines, too; expected either machine or machines");
	for (unsigned int i = 0; i < p->machines_count; i++) {
		g_autofree char *name = g_strdup_printf("machines[%u]", i);
		struct place at = *list;

		at.name = name;
		if (!check_name(&at, i, error) || !check_machine(&at, &p->machines[i], error))
			return false;
	}
	return true;
}

char *plan_machine_names(const struct plan *p)
{
	GString *names = g_string_new(NULL);

	for (unsigned int i = 0; i < p->machines_count; i++)
		g_string_append_printf(names, "%s%s", i ? ", " : "", p->machines[i].name);
	return g_string_free(names, FALSE);
}

static bool refuse_option(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool refuse_option(GError **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_propagate_error(error, g_error_new_valist(BENCH_ERROR, BENCH_ERROR_USAGE, format, args));
	va_end(args);
	return false;
}

/* The machine of that name is moved out of the list, which keeps the name: libcyaml frees both. */
static bool choose(struct plan *p, const struct yaml_where *where, const char *name, GError **error)
{
	g_autofree char *names = plan_machine_names(p);

	if (!name)
		return yaml_where_refuse(where, "machines", error,
					 "this runs on one machine at a time; choose it by --machine NAME: %s",
					 names);
	for (unsigned int i = 0; i < p->machines_count; i++) {
		struct plan_machine *m = &p->machines[i];

		if (strcmp(m->name, name))
			continue;
		p->machine = *m;
		*m = (struct plan_machine){ .name = p->machine.name };
		return true;
	}
	return refuse_option(error, "--machine: %s lists no \"%s\"; expected one of: %s", p->path, name, names);
}

static bool set_arch(struct plan *p, const char *arch, GError **error)
{
	g_autofree char *known = plan_machine_arches();
	struct plan_machine *m = &p->machine;

	if (!plan_machine_knows_arch(arch))
		return refuse_option(error, "--arch: \"%s\" is not known; expected one of: %s", arch, known);
	if (plan_machine_is_board(m))
		return refuse_option(error, "--arch: %s runs on a board, which has its own", p->path);
	if (!strcmp(m->arch, arch))
		return true;
	if (m->cpu)
		return refuse_option(error,
				     "--arch: %s names the CPU model %s, which is one of %s; take that out of "
				     "the plan, or leave out --arch",
				     p->path, m->cpu, m->arch);
	g_free(m->arch);
	m->arch = g_strdup(arch);
	json_object_set_new(p->target, "arch", json_string(arch));
	return true;
}

bool plan_machine_settle(struct plan *p, const struct yaml_where *where, const struct plan_target *target,
			 bool with_files, GError **error)
{
	struct place at = { .plan = p, .where = where, .name = "machine", .with_files = with_files };
	const char *name = target ? target->machine : NULL, *arch = target ? target->arch : NULL;

	p->target = json_object();
	if (p->machines_count == 0 && name)
		return refuse_option(error, "--machine: %s lists no machines, it has one without a name",
				     p->path);
	if (p->machines_count == 0 && !check_machine(&at, &p->machine, error))
		return false;
	if (p->machines_count > 0 && (!check_list(p, &at, error) || !choose(p, where, name, error)))
		return false;
	if (p->machine.name)
		json_object_set_new(p->target, "machine", json_string(p->machine.name));
	return !arch || set_arch(p, arch, error);
}
