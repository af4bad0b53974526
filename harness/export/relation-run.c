// SPDX-License-Identifier: GPL-2.0-only
/* What was run: arms, cells, boots, and what their kernels complained of. */
#include "relation.h"

#include <math.h>
#include <string.h>

#include "base/exec.h"
#include "base/json.h"
#include "render/notes.h"

#define OF_RUN "FOREIGN KEY (run) REFERENCES run (run)"
#define OF_ARM "FOREIGN KEY (run, arm) REFERENCES arm (run, arm)"
#define OF_BOOT "FOREIGN KEY (run, boot) REFERENCES boot (run, boot)"

static const struct relation_column run_columns[] = {
	{ "run", RELATION_TEXT },
	{ "machine", RELATION_TEXT, true },
	{ "title", RELATION_TEXT },
	{ "created", RELATION_TEXT, true },
	{ "command", RELATION_TEXT, true },
	{ "synthetic", RELATION_TEXT, true },
	{ "accel", RELATION_TEXT, true },
	{ "ran_on", RELATION_TEXT },
	{ "unit", RELATION_TEXT },
	{ "seed", RELATION_INTEGER },
	{ "blocks", RELATION_INTEGER },
	{ "loads", RELATION_INTEGER },
	{ "subtract_setup", RELATION_INTEGER },
	{ "soak_s", RELATION_INTEGER, true },
	{ "torn", RELATION_INTEGER },
	{ "host_cpu", RELATION_TEXT, true },
	{ "host_cpus", RELATION_INTEGER, true },
	{ "host_kernel", RELATION_TEXT, true },
	{ "host_qemu", RELATION_TEXT, true },
};

static void fill_run(const struct source *s, struct relation_rows *rows)
{
	const struct run *r = s->run;
	const json_t *host = json_object_get(r->manifest, "host");
	g_autofree const char **words = notes_command(r);
	g_autofree char *command = words ? exec_quote(words) : NULL;
	g_autofree char *ran_on = notes_machine(r);

	relation_text(rows, s->name);
	relation_text(rows, r->plan->machine.name);
	relation_text(rows, r->plan->title);
	relation_text(rows, json_text(r->manifest, "created"));
	relation_text(rows, command);
	relation_text(rows, json_text(r->manifest, "synthetic"));
	relation_text(rows, json_text(r->manifest, "accel"));
	relation_text(rows, ran_on);
	relation_text(rows, run_unit(r));
	relation_count(rows, (guint64)json_count(r->manifest, "seed", r->plan->design.seed));
	relation_count(rows, r->plan->design.blocks);
	relation_count(rows, r->plan->design.loads);
	relation_count(rows, r->plan->subtract_setup);
	relation_size(rows, r->soak_s);
	relation_count(rows, r->torn);
	relation_text(rows, json_text(host, "cpu"));
	relation_size(rows, (guint64)json_count(host, "cpus", 0));
	relation_text(rows, json_text(host, "kernel"));
	relation_text(rows, json_text(host, "qemu"));
	relation_end(rows);
}

const struct relation relation_run = {
	.name = "run",
	RELATION_COLUMNS(run_columns),
	.keys = "PRIMARY KEY (run)",
	.fill = fill_run,
};

static const struct relation_column arm_columns[] = {
	{ "run", RELATION_TEXT },
	{ "arm", RELATION_TEXT },
	{ "role", RELATION_TEXT, true },
	{ "rebuild_of", RELATION_TEXT, true },
	{ "release", RELATION_TEXT, true },
	{ "build_id", RELATION_TEXT, true },
	{ "failed", RELATION_TEXT, true },
	{ "failed_boot", RELATION_TEXT, true },
	{ "failed_why", RELATION_TEXT, true },
};

static void add_arm(const struct source *s, struct relation_rows *rows, const struct comparison_arm *arm)
{
	const struct comparison *c = s->comparison;
	const json_t *kernel =
		notes_kernel(s->run, arm->role == COMPARISON_AA ? c->baseline->name : arm->name);

	relation_text(rows, s->name);
	relation_text(rows, arm->name);
	relation_text(rows, comparison_role_name(arm->role));
	relation_text(rows, arm->rebuild_of);
	relation_text(rows, json_text(kernel, "release"));
	relation_text(rows, json_text(kernel, "build_id"));
	relation_text(rows, arm->failed ? run_class_name(arm->failed->class) : NULL);
	relation_text(rows, arm->failed ? arm->failed->boot : NULL);
	relation_text(rows, arm->failed ? arm->failed->why : NULL);
	relation_end(rows);
}

/* Of which the journal has boots, and the plan nothing. */
static void add_stray_arms(const struct source *s, struct relation_rows *rows)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < s->boots->len; i++) {
		const char *arm = ((const struct source_boot *)s->boots->pdata[i])->arm;

		if (comparison_find_arm(s->comparison, arm) || !g_hash_table_add(seen, (char *)arm))
			continue;
		relation_text(rows, s->name);
		relation_text(rows, arm);
		while (rows->count < rows->relation->columns_count)
			relation_none(rows);
		relation_end(rows);
	}
}

static void fill_arm(const struct source *s, struct relation_rows *rows)
{
	for (unsigned int i = 0; i < s->comparison->arms_count; i++)
		add_arm(s, rows, &s->comparison->arms[i]);
	add_stray_arms(s, rows);
}

const struct relation relation_arm = {
	.name = "arm",
	RELATION_COLUMNS(arm_columns),
	.keys = "PRIMARY KEY (run, arm), " OF_RUN,
	.fill = fill_arm,
};

static const struct relation_column patch_columns[] = {
	{ "run", RELATION_TEXT },
	{ "patch", RELATION_INTEGER },
	{ "file", RELATION_TEXT },
	{ "subject", RELATION_TEXT, true },
};

static void fill_patch(const struct source *s, struct relation_rows *rows)
{
	const GPtrArray *patches = s->run->plan->patches;

	for (guint i = 0; patches && i < patches->len; i++) {
		const struct plan_patch *patch = patches->pdata[i];

		relation_text(rows, s->name);
		relation_count(rows, i + 1);
		relation_text(rows, patch->file);
		relation_text(rows, patch->subject);
		relation_end(rows);
	}
}

const struct relation relation_patch = {
	.name = "patch",
	RELATION_COLUMNS(patch_columns),
	.keys = "PRIMARY KEY (run, patch), " OF_RUN,
	.fill = fill_patch,
};

static const struct relation_column cell_columns[] = {
	{ "run", RELATION_TEXT },
	{ "cell", RELATION_TEXT },
	{ "place", RELATION_INTEGER, true },
	{ "test", RELATION_TEXT, true },
	{ "threads", RELATION_INTEGER, true },
	{ "loops", RELATION_INTEGER, true },
	{ "pages", RELATION_INTEGER, true },
	{ "live", RELATION_INTEGER, true },
	{ "huge", RELATION_INTEGER, true },
	{ "latency", RELATION_INTEGER, true },
	{ "pressure", RELATION_INTEGER, true },
};

static void add_cell(const struct source *s, struct relation_rows *rows, guint place)
{
	const char *name = s->cells->pdata[place];
	const struct plan_row *row = source_row(s, name);
	const struct plan_cell *cell = row ? row->cell : NULL;

	relation_text(rows, s->name);
	relation_text(rows, name);
	if (!cell) {
		while (rows->count < rows->relation->columns_count)
			relation_none(rows);
		relation_end(rows);
		return;
	}
	relation_count(rows, place + 1);
	relation_text(rows, cell->test);
	relation_count(rows, row->threads);
	relation_count(rows, cell->loops);
	relation_size(rows, cell->pages);
	relation_size(rows, cell->live);
	relation_count(rows, cell->huge);
	relation_count(rows, cell->latency);
	relation_count(rows, cell->pressure);
	relation_end(rows);
}

static void fill_cell(const struct source *s, struct relation_rows *rows)
{
	for (guint i = 0; i < s->cells->len; i++)
		add_cell(s, rows, i);
}

const struct relation relation_cell = {
	.name = "cell",
	RELATION_COLUMNS(cell_columns),
	.keys = "PRIMARY KEY (run, cell), " OF_RUN,
	.fill = fill_cell,
};

static const struct relation_column boot_columns[] = {
	{ "run", RELATION_TEXT },
	{ "boot", RELATION_TEXT },
	{ "arm", RELATION_TEXT },
	{ "block", RELATION_INTEGER },
	{ "traced", RELATION_INTEGER },
	{ "class", RELATION_TEXT, true },
	{ "why", RELATION_TEXT, true },
	{ "boot_s", RELATION_REAL, true },
	{ "loads_s", RELATION_REAL, true },
	{ "shutdown_s", RELATION_REAL, true },
	{ "release", RELATION_TEXT, true },
	{ "boot_id", RELATION_TEXT, true },
	{ "cmdline", RELATION_TEXT, true },
	{ "clocksource", RELATION_TEXT, true },
	{ "cpus_online", RELATION_INTEGER, true },
	{ "memory_kib", RELATION_INTEGER, true },
};

static void fill_boot(const struct source *s, struct relation_rows *rows)
{
	for (guint i = 0; i < s->boots->len; i++) {
		const struct source_boot *boot = s->boots->pdata[i];
		const struct run_boot_end *end = boot->end;

		relation_text(rows, s->name);
		relation_text(rows, boot->name);
		relation_text(rows, boot->arm);
		relation_count(rows, boot->block);
		relation_count(rows, boot->traced);
		relation_text(rows, end ? run_class_name(end->class) : NULL);
		relation_text(rows, end ? end->why : NULL);
		relation_number(rows, end ? end->boot_s : NAN);
		relation_number(rows, end ? end->loads_s : NAN);
		relation_number(rows, end ? end->shutdown_s : NAN);
		relation_text(rows, json_text(boot->up, "release"));
		relation_text(rows, json_text(boot->up, "boot_id"));
		relation_text(rows, json_text(boot->up, "cmdline"));
		relation_text(rows, json_text(boot->up, "clocksource"));
		relation_size(rows, (guint64)json_count(boot->up, "cpus_online", 0));
		relation_size(rows, (guint64)json_count(boot->up, "memory_kib", 0));
		relation_end(rows);
	}
}

const struct relation relation_boot = {
	.name = "boot",
	RELATION_COLUMNS(boot_columns),
	.keys = "PRIMARY KEY (run, boot), " OF_ARM,
	.fill = fill_boot,
};

static const struct relation_column splat_columns[] = {
	{ "run", RELATION_TEXT },	 { "boot", RELATION_TEXT }, { "arm", RELATION_TEXT },
	{ "cell", RELATION_TEXT, true }, { "kind", RELATION_TEXT }, { "text", RELATION_TEXT },
};

static void fill_splat(const struct source *s, struct relation_rows *rows)
{
	for (guint i = 0; i < s->run->splats->len; i++) {
		const struct run_splat *splat = s->run->splats->pdata[i];

		relation_text(rows, s->name);
		relation_text(rows, splat->boot);
		relation_text(rows, splat->arm);
		relation_text(rows, splat->cell);
		relation_text(rows, splat->kind);
		relation_text(rows, splat->text);
		relation_end(rows);
	}
}

const struct relation relation_splat = {
	.name = "splat",
	RELATION_COLUMNS(splat_columns),
	.keys = OF_BOOT ", " OF_ARM,
	.fill = fill_splat,
};
