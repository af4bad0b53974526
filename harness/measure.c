// SPDX-License-Identifier: GPL-2.0-only
#include "measure.h"

#include <signal.h>
#include <stdio.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/msg.h"
#include "base/path.h"
#include "journal/machines.h"
#include "render/compare.h"
#include "sweep/prepare.h"
#include "sweep/sweep.h"

static bool print_table(const char *dir, GError **error)
{
	g_autoptr(run) r = run_read(dir, error);

	return r && compare_print(r, NULL, stdout, NULL, error);
}

/*
 * Ctrl-C ends what reads our output as well, such as tee: the table has nowhere to go then, but how to go on is
 * still said.
 */
static void outlive_reader(void)
{
	signal(SIGPIPE, SIG_IGN);
}

int measure_run(const char *dir, GError **error)
{
	g_autoptr(GError) table_error = NULL;
	bool done;

	msg_info("run folder: %s", dir);
	done = sweep_run(dir, error);
	if (!done)
		outlive_reader();
	if (print_table(dir, &table_error))
		return done ? 0 : -1;
	/* A run that cannot be read has been told of by the sweep already. */
	if (done)
		g_propagate_error(error, g_steal_pointer(&table_error));
	return -1;
}

/*
 * The words of the command that makes the run of @name alone: of the one that made the folder, without that of
 * the program. The caller frees the array.
 */
static char **command_of(const struct machines *m, const char *name)
{
	const json_t *words = json_object_get(m->manifest, "command");
	size_t count = json_array_size(words);
	char **argv = g_new0(char *, count + 3);

	for (size_t i = 1; i < count; i++)
		argv[i - 1] = (char *)json_string_value(json_array_get(words, i));
	if (count > 1 && m->names->len > 1) {
		argv[count - 1] = (char *)"--machine";
		argv[count] = (char *)name;
	}
	return argv;
}

static bool prepare_machine(const struct machines *m, const char *name, GError **error)
{
	g_autofree char *dir = machines_run(m, name);
	g_autofree char **command = NULL;
	g_autofree char *made = NULL;
	g_autoptr(plan) p = NULL;

	if (machines_has_run(m, name))
		return true;
	p = machines_clear_begun(m, name, error) ? machines_plan(m, name, error) : NULL;
	if (!p)
		return false;
	command = command_of(m, name);
	made = prepare_run(p, dir, command, error);
	if (!made || machines_check_kernels(m, name, error))
		return made;
	path_remove_tree(dir, NULL);
	return false;
}

static bool sweep_machine(const struct machines *m, const char *name, GError **error)
{
	g_autofree char *dir = machines_run(m, name);

	/* Why there is none was said when it was prepared. */
	return !machines_has_run(m, name) || sweep_run(dir, error);
}

struct outcome {
	int worst;		/* exit status */
	bool open;		/* something is missing that another try may make up for */
};

static void note_failure(struct outcome *so_far, const char *what, const GError *error)
{
	msg_err("%s%s", what, error->message);
	so_far->worst = MAX(so_far->worst, bench_error_exit_status(error));
}

/* Does @work for each machine, until somebody interrupts. */
static void for_each(const struct machines *m, const char *doing, struct outcome *so_far,
		     bool (*work)(const struct machines *m, const char *name, GError **error))
{
	guint i;

	for (i = 0; i < m->names->len && !interrupt_pending(); i++) {
		const char *name = m->names->pdata[i];
		g_autofree char *what = g_strdup_printf("machine %s: ", name);
		g_autoptr(GError) error = NULL;

		msg_info("machine %s (%u of %u): %s", name, i + 1, m->names->len, doing);
		if (work(m, name, &error))
			continue;
		note_failure(so_far, what, error);
		so_far->open |= !g_error_matches(error, BENCH_ERROR, BENCH_ERROR_KERNEL);
	}
	if (i == m->names->len)
		return;
	so_far->worst = MAX(so_far->worst, BENCH_ERROR_FAILED);
	so_far->open = true;
}

/* Kernels are built without interrupt_catch(): Ctrl-C ends the compilers, which no kernel is to blame for. */
int measure_machines(const char *dir, GError **error)
{
	g_autoptr(machines) m = machines_read(dir, error);
	g_autoptr(GError) table_error = NULL;
	struct outcome o = { 0 };

	if (!m)
		return -1;
	msg_info("folder of the runs: %s", dir);
	for_each(m, "kernels", &o, prepare_machine);
	if (machines_remove_empty(m))
		return o.worst;
	interrupt_catch();
	for_each(m, "boots", &o, sweep_machine);
	if (interrupt_pending())
		outlive_reader();
	if (!compare_print_machines(m, NULL, stdout, NULL, &table_error))
		note_failure(&o, "", table_error);
	if (o.open)
		msg_info("%s`vmapbench sweep --resume %s` goes on with what is missing",
			 interrupt_pending() ? "interrupted; " : "", dir);
	return o.worst;
}
