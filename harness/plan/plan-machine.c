// SPDX-License-Identifier: GPL-2.0-only
#include "plan-machine.h"

#include <string.h>

#include "plan-check.h"
#include "plan-schema.h"

#define SMP_DEFAULT 4
#define SMP_COUNTED 1		/* instructions are counted on one running CPU */

/* Everything that is to be said of one machine. */
struct place {
	const struct plan *plan;
	const struct yaml_where *where;
	const char *name;		/* "machine" */
	bool with_files;
};

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

	return plan_refuse(at->plan->path, at->where, place, error, "%s", sentence);
}

static bool check_word(const struct place *at, const char *key, char **word, const char *const *known,
		       GError **error)
{
	g_autofree char *place = key_of(at, key);

	return plan_check_word(at->plan, at->where, place, word, known, error);
}

static bool check_cpu(const struct place *at, const struct plan_machine *m, GError **error)
{
	g_autofree char *place = key_of(at, "cpu");

	if (!m->cpu || plan_name_is_plain(m->cpu))
		return true;
	return plan_refuse(at->plan->path, at->where, place, error,
			   "\"%s\" cannot be a CPU model of QEMU; expected 1 to 40 letters, digits, '.', '_' or "
			   "'-', such as cortex-a72 or max",
			   m->cpu);
}

static bool check_counted(const struct place *at, const struct plan_machine *m, GError **error)
{
	bool counted = plan_machine_is_counted(m);

	if (counted && m->smp != SMP_COUNTED)
		return refuse(at, "smp",
			      "counted mode runs one CPU: smp must be 1 or left out (nodes: true keeps the vmap "
			      "nodes of a machine with 4)",
			      error);
	if (m->nodes && !counted)
		return refuse(at, "nodes", "only accel: counted knows nodes; elsewhere smp decides", error);
	return true;
}

static bool check_qemu(const struct place *at, struct plan_machine *m, GError **error)
{
	static const char *const arches[] = { "x86_64", "arm64", NULL };
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
			return plan_refuse(at->plan->path, at->where, place, error,
					   "a board has its own %s, which a plan cannot choose; leave it out",
					   keys[i]);
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
		return plan_refuse(at->plan->path, at->where, place, error, "%s: there is no such file", path);
	g_free(m->board);
	m->board = g_steal_pointer(&path);
	return true;
}

bool plan_machine_check(const struct plan *p, struct plan_machine *m, const char *place,
			const struct yaml_where *where, bool with_files, GError **error)
{
	static const char *const runners[] = { "qemu", PLAN_RUNNER_BOARD, NULL };
	const struct place at = { .plan = p, .where = where, .name = place, .with_files = with_files };

	return check_word(&at, "runner", &m->runner, runners, error) &&
	       (plan_machine_is_board(m) ? check_board(&at, m, error) : check_qemu(&at, m, error));
}
