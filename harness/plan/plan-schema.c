// SPDX-License-Identifier: GPL-2.0-only
#include "plan-schema.h"

#include "base/schema.h"

#define ENTRIES_MAX 1000
#define MACHINES_MAX 16

/* clang-format off */
static const cyaml_schema_value_t string_entry = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, SCHEMA_TEXT_MAX) };
static const cyaml_schema_value_t threads_entry = { CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, unsigned int) };

static const cyaml_strval_t packs[] = {
	{ "cell", PLAN_PACK_CELL }, { "test", PLAN_PACK_TEST }, { "all", PLAN_PACK_ALL },
};

#define OPTIONAL CYAML_FLAG_OPTIONAL
#define TEXT SCHEMA_TEXT
#define BOOLEAN SCHEMA_BOOLEAN

static const cyaml_schema_field_t arm_fields[] = {
	TEXT("name", 0, struct plan_arm, name),
	TEXT("source", 0, struct plan_arm, source),
	CYAML_FIELD_SEQUENCE("series", CYAML_FLAG_POINTER | OPTIONAL, struct plan_arm, series, &string_entry, 1, ENTRIES_MAX),
	TEXT("config", OPTIONAL, struct plan_arm, config),
	CYAML_FIELD_UINT("layout", OPTIONAL, struct plan_arm, layout),
	TEXT("append", OPTIONAL, struct plan_arm, append),
	CYAML_FIELD_END
};
#define MACHINE_FIELDS \
	TEXT("runner", OPTIONAL, struct plan_machine, runner), \
	TEXT("arch", OPTIONAL, struct plan_machine, arch), \
	TEXT("cpu", OPTIONAL, struct plan_machine, cpu), \
	CYAML_FIELD_UINT("smp", OPTIONAL, struct plan_machine, smp), \
	TEXT("accel", OPTIONAL, struct plan_machine, accel), \
	BOOLEAN("nodes", struct plan_machine, nodes), \
	CYAML_FIELD_UINT("memory_mib", OPTIONAL, struct plan_machine, memory_mib), \
	TEXT("board", OPTIONAL, struct plan_machine, board),

static const cyaml_schema_field_t machine_fields[] = {
	MACHINE_FIELDS
	CYAML_FIELD_END
};
static const cyaml_schema_field_t listed_fields[] = {
	TEXT("name", 0, struct plan_machine, name),
	MACHINE_FIELDS
	CYAML_FIELD_END
};
static const cyaml_schema_field_t design_fields[] = {
	CYAML_FIELD_UINT("blocks", OPTIONAL, struct plan_design, blocks),
	CYAML_FIELD_UINT("loads", OPTIONAL, struct plan_design, loads),
	CYAML_FIELD_UINT("seed", OPTIONAL, struct plan_design, seed),
	CYAML_FIELD_ENUM("pack", OPTIONAL | CYAML_FLAG_STRICT, struct plan_design, pack, packs, CYAML_ARRAY_LEN(packs)),
	CYAML_FIELD_FLOAT("gate_pct", OPTIONAL, struct plan_design, gate_pct),
	CYAML_FIELD_END
};
static const cyaml_schema_field_t limits_fields[] = {
	CYAML_FIELD_UINT("boot_s", OPTIONAL, struct plan_limits, boot_s),
	CYAML_FIELD_UINT("silence_s", OPTIONAL, struct plan_limits, silence_s),
	CYAML_FIELD_UINT("load_s", OPTIONAL, struct plan_limits, load_s),
	CYAML_FIELD_UINT("run_s", OPTIONAL, struct plan_limits, run_s),
	CYAML_FIELD_END
};
static const cyaml_schema_field_t trace_fields[] = {
	BOOLEAN("latency", struct plan_trace, latency),
	BOOLEAN("locks", struct plan_trace, locks),
	CYAML_FIELD_UINT("loads", OPTIONAL, struct plan_trace, loads),
	TEXT("backend", OPTIONAL, struct plan_trace, backend),
	TEXT("source", OPTIONAL, struct plan_trace, source),
	CYAML_FIELD_END
};
static const cyaml_schema_field_t cell_fields[] = {
	TEXT("test", 0, struct plan_cell, test),
	CYAML_FIELD_SEQUENCE("threads", CYAML_FLAG_POINTER, struct plan_cell, threads, &threads_entry, 1, ENTRIES_MAX),
	CYAML_FIELD_UINT("loops", OPTIONAL, struct plan_cell, loops),
	CYAML_FIELD_UINT("pages", OPTIONAL, struct plan_cell, pages),
	CYAML_FIELD_UINT("live", OPTIONAL, struct plan_cell, live),
	BOOLEAN("huge", struct plan_cell, huge),
	BOOLEAN("latency", struct plan_cell, latency),
	BOOLEAN("pressure", struct plan_cell, pressure),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t arm_entry = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct plan_arm, arm_fields) };
static const cyaml_schema_value_t machine_entry = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct plan_machine, listed_fields) };
static const cyaml_schema_value_t cell_entry = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct plan_cell, cell_fields) };
static const cyaml_schema_field_t plan_fields[] = {
	TEXT("title", 0, struct plan, title),
	CYAML_FIELD_SEQUENCE("arms", CYAML_FLAG_POINTER, struct plan, arms, &arm_entry, 1, ENTRIES_MAX),
	TEXT("baseline", OPTIONAL, struct plan, baseline),
	BOOLEAN("aa", struct plan, aa),
	CYAML_FIELD_UINT("rebuilds", OPTIONAL, struct plan, rebuilds),
	BOOLEAN("rebuild_candidates", struct plan, rebuild_candidates),
	BOOLEAN("subtract_setup", struct plan, subtract_setup),
	CYAML_FIELD_MAPPING("machine", OPTIONAL, struct plan, machine, machine_fields),
	CYAML_FIELD_SEQUENCE("machines", CYAML_FLAG_POINTER | OPTIONAL, struct plan, machines, &machine_entry, 1, MACHINES_MAX),
	CYAML_FIELD_MAPPING("design", OPTIONAL, struct plan, design, design_fields),
	CYAML_FIELD_MAPPING("limits", OPTIONAL, struct plan, limits, limits_fields),
	CYAML_FIELD_MAPPING("trace", OPTIONAL, struct plan, trace, trace_fields),
	CYAML_FIELD_SEQUENCE("cells", CYAML_FLAG_POINTER, struct plan, cells, &cell_entry, 1, ENTRIES_MAX),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t plan_value = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct plan, plan_fields) };

static const struct schema_section sections[] = {
	{ "arms[", arm_fields },	{ "cells[", cell_fields },	{ "machines[", listed_fields },
	{ "machine", machine_fields },	{ "design", design_fields },	{ "limits", limits_fields },
	{ "trace", trace_fields },
	{ NULL }
};

static const struct schema_hint hints[] = {
	{ "title", "a line of text, of 4000 bytes at most" },
	{ "arms", "a list of 1 to 1000 arms, each {name: ..., source: ...}" },
	{ "name", "a short name such as `patched`" },
	{ "source", "linux-7.3, deb:PACKAGE@SUITE, git:TREE@REF, tar:FILE, dir:FOLDER or image:PACKAGE@SUITE" },
	{ "series", "a list of 1 to 1000 patch files, or folders of them" },
	{ "config", "the name of a file with CONFIG_ lines" },
	{ "layout", "a whole number: 0 as built, 1 and up for other layouts of the same code" },
	{ "append", "kernel parameters" },
	{ "baseline", "the name of an arm" },
	{ "aa", "true or false" },
	{ "rebuilds", "a whole number of images of the baseline in other layouts" },
	{ "rebuild_candidates", "true or false" },
	{ "subtract_setup", "true or false" },
	{ "machine", "a mapping of runner, arch, cpu, smp, accel, nodes, memory_mib, board" },
	{ "machines", "a list of 1 to 16 machines, each {name: ..., arch: ...}" },
	{ "runner", "qemu or board" },
	{ "arch", "x86_64 or arm64" },
	{ "cpu", "a CPU model of QEMU, such as cortex-a72" },
	{ "smp", "a number of CPUs" },
	{ "accel", "auto, kvm, tcg or counted" },
	{ "nodes", "true or false" },
	{ "memory_mib", "a whole number of MiB" },
	{ "board", "the name of a board file" },
	{ "design", "a mapping of blocks, loads, seed, pack, gate_pct" },
	{ "blocks", "a whole number of blocks (each boots every arm once)" },
	{ "loads", "a whole number of loads in each boot" },
	{ "seed", "a whole number: 0 draws one for each run" },
	{ "pack", "cell, test or all" },
	{ "gate_pct", "a percentage such as 2 or 0.5" },
	{ "limits", "a mapping of boot_s, silence_s, load_s, run_s" },
	{ "boot_s", "a whole number of seconds" },
	{ "silence_s", "a whole number of seconds" },
	{ "load_s", "a whole number of seconds" },
	{ "run_s", "a whole number of seconds" },
	{ "trace", "a mapping of latency, locks, loads, backend, source" },
	{ "latency", "true or false" },
	{ "locks", "true or false" },
	{ "backend", "the name of a backend of the latency collector" },
	{ "trace.source", "the name of a source of the lock collector" },
	{ "cells", "a list of 1 to 1000 cells, each {test: ..., threads: [...]}" },
	{ "test", "the name of a test of test_vmalloc" },
	{ "threads", "a list of 1 to 1000 thread counts such as [1, 2, 4]" },
	{ "loops", "a whole number of loops" },
	{ "pages", "a whole number of pages" },
	{ "live", "a whole number of areas" },
	{ "huge", "true or false" },
	{ "pressure", "true or false" },
	{ NULL }
};

static const struct schema plan_form = {
	.wants = "a plan: a mapping with title, arms and cells",
	.value = &plan_value,
	.fields = plan_fields,
	.sections = sections,
	.hints = hints,
};

/* An entry of a list is its own base. */
static const struct schema_number plan_numbers[] = {
	{ "rebuilds", offsetof(struct plan, rebuilds), 0, 50, 0 },
	{ "design.blocks", offsetof(struct plan, design.blocks), 1, 200, 10 },
	{ "design.loads", offsetof(struct plan, design.loads), 1, 1000, 3 },
	{ "design.seed", offsetof(struct plan, design.seed), 0, G_MAXUINT32, 0 },
	{ "limits.boot_s", offsetof(struct plan, limits.boot_s), 1, 3600, 60 },
	{ "limits.silence_s", offsetof(struct plan, limits.silence_s), 2, 86400, 30 },
	{ "limits.load_s", offsetof(struct plan, limits.load_s), 1, 86400, 900 },
	{ "limits.run_s", offsetof(struct plan, limits.run_s), 1, 31536000, 0 },
	{ NULL }
};
static const struct schema_number machine_numbers[] = {
	{ "smp", offsetof(struct plan_machine, smp), 1, 64, 0 },
	{ "memory_mib", offsetof(struct plan_machine, memory_mib), 128, 1 << 20, 0 },
	{ NULL }
};
/* Without the pass all of it is 0. */
static const struct schema_number trace_numbers[] = {
	{ "trace.loads", offsetof(struct plan, trace.loads), 1, 1000, 1 },
	{ NULL }
};
static const struct schema_number arm_numbers[] = {
	{ "layout", offsetof(struct plan_arm, layout), 0, 1000, 0 },
	{ NULL }
};
static const struct schema_number cell_numbers[] = {
	{ "loops", offsetof(struct plan_cell, loops), 1, G_MAXINT32, 10000 },
	{ "pages", offsetof(struct plan_cell, pages), 1, 1 << 18, 0 },
	{ "live", offsetof(struct plan_cell, live), 1, 1000000, 0 },
	{ NULL }
};
/* clang-format on */

/* How many are sensible is for plan-check.c to say. */
static bool check_threads(struct plan_cell *cell, const char *place, const struct yaml_where *where,
			  GError **error)
{
	for (unsigned int t = 0; t < cell->threads_count; t++) {
		g_autofree char *whole = g_strdup_printf("%s.threads[%u]", place, t);
		guint64 number;

		if (!g_ascii_string_to_unsigned(yaml_where_scalar(where, whole), 10, 0, G_MAXUINT32, &number,
						NULL))
			return schema_refuse(&plan_form, where, whole, error);
		cell->threads[t] = number;
	}
	return true;
}

static bool check_gate(struct plan *p, const struct yaml_where *where, GError **error)
{
	const char *written = yaml_where_scalar(where, "design.gate_pct");
	char *end = NULL;

	if (!written) {
		p->design.gate_pct = -1;
		return true;
	}
	p->design.gate_pct = g_ascii_strtod(written, &end);
	if (end != written && !*end && p->design.gate_pct >= 0 && p->design.gate_pct <= 100)
		return true;
	return yaml_where_refuse(where, "design.gate_pct", error, "\"%s\" is not a percentage from 0 to 100",
				 written);
}

/* Whoever asks for the pass wants all that it can say. */
static bool check_trace(struct plan *p, const struct yaml_where *where, GError **error)
{
	if (!yaml_where_has(where, "trace"))
		return true;
	if (!yaml_where_has(where, "trace.latency"))
		p->trace.latency = true;
	if (!yaml_where_has(where, "trace.locks"))
		p->trace.locks = true;
	return schema_set_numbers(trace_numbers, p, "", where, error);
}

static bool check_machines(struct plan *p, const struct yaml_where *where, GError **error)
{
	for (unsigned int i = 0; i < p->machines_count; i++) {
		g_autofree char *place = g_strdup_printf("machines[%u]", i);

		if (!schema_set_numbers(machine_numbers, &p->machines[i], place, where, error))
			return false;
	}
	return schema_set_numbers(machine_numbers, &p->machine, "machine", where, error);
}

static bool check_numbers(struct plan *p, const struct yaml_where *where, GError **error)
{
	if (!schema_set_numbers(plan_numbers, p, "", where, error) || !check_machines(p, where, error))
		return false;
	for (unsigned int i = 0; i < p->arms_count; i++) {
		g_autofree char *place = g_strdup_printf("arms[%u]", i);

		if (!schema_set_numbers(arm_numbers, &p->arms[i], place, where, error))
			return false;
	}
	for (unsigned int i = 0; i < p->cells_count; i++) {
		g_autofree char *place = g_strdup_printf("cells[%u]", i);

		if (!schema_set_numbers(cell_numbers, &p->cells[i], place, where, error) ||
		    !check_threads(&p->cells[i], place, where, error))
			return false;
	}
	return check_trace(p, where, error) && check_gate(p, where, error);
}

struct plan *plan_schema_load(const char *text, const struct yaml_where *where, GError **error)
{
	struct plan *p = schema_load(&plan_form, text, where, error);

	if (p && !check_numbers(p, where, error))
		g_clear_pointer(&p, plan_schema_free);
	return p;
}

void plan_schema_free(struct plan *p)
{
	schema_free(&plan_form, p);
}
