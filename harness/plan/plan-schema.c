// SPDX-License-Identifier: GPL-2.0-only
#include "plan-schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define TEXT_MAX_LENGTH 4000
#define ENTRIES_MAX 1000
#define MACHINES_MAX 16

/* clang-format off */
static const cyaml_schema_value_t string_entry = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, TEXT_MAX_LENGTH) };
static const cyaml_schema_value_t threads_entry = { CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, unsigned int) };

/* libcyaml takes any word for true; as a strict enumeration a boolean has to be one. */
static const cyaml_strval_t booleans[] = {
	{ "true", true }, { "yes", true }, { "on", true }, { "false", false }, { "no", false }, { "off", false },
};
static const cyaml_strval_t packs[] = {
	{ "cell", PLAN_PACK_CELL }, { "test", PLAN_PACK_TEST }, { "all", PLAN_PACK_ALL },
};

#define OPTIONAL CYAML_FLAG_OPTIONAL
#define TEXT(key, flags, type, member) \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | (flags), type, member, 1, TEXT_MAX_LENGTH)
#define BOOLEAN(key, type, member) \
	CYAML_FIELD_ENUM(key, OPTIONAL | CYAML_FLAG_STRICT, type, member, booleans, CYAML_ARRAY_LEN(booleans))

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

/* What a key wants, for the errors that libcyaml finds. One that has two meanings in the file stands here with its place. */
static const struct { const char *key, *wants; } expectations[] = {
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
};

/* Ranges and defaults of the numbers. An entry of a list is its own base. */
struct number_rule {
	const char *key;
	size_t offset;
	guint64 lowest, highest, fallback;
};

static const struct number_rule plan_numbers[] = {
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
static const struct number_rule machine_numbers[] = {
	{ "smp", offsetof(struct plan_machine, smp), 1, 64, 0 },
	{ "memory_mib", offsetof(struct plan_machine, memory_mib), 128, 1 << 20, 0 },
	{ NULL }
};
/* Without the pass all of it is 0. */
static const struct number_rule trace_numbers[] = {
	{ "trace.loads", offsetof(struct plan, trace.loads), 1, 1000, 1 },
	{ NULL }
};
static const struct number_rule arm_numbers[] = {
	{ "layout", offsetof(struct plan_arm, layout), 0, 1000, 0 },
	{ NULL }
};
static const struct number_rule cell_numbers[] = {
	{ "loops", offsetof(struct plan_cell, loops), 1, G_MAXINT32, 10000 },
	{ "pages", offsetof(struct plan_cell, pages), 1, 1 << 18, 0 },
	{ "live", offsetof(struct plan_cell, live), 1, 1000000, 0 },
	{ NULL }
};
/* clang-format on */

bool plan_refuse(const char *name, const struct yaml_where *where, const char *place, GError **error,
		 const char *format, ...)
{
	struct yaml_mark at = yaml_where_value(where, place);
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s:%u:%u: %s%s%s", name, at.line, at.column, place,
		    *place ? ": " : "", text);
	return false;
}

/*
 * libcyaml reports through a log: a line "Load: MESSAGE", a line "Load: Backtrace:", then a line for each level
 * from the innermost outwards: "  in mapping field 'KEY' (line: ...", "  in sequence entry 'N' (...", counted
 * from 1.
 */
struct cyaml_report {
	char *message;
	GString *place;		/* built from the inside outwards */
};

static void read_report_line(struct cyaml_report *r, const char *line)
{
	const char *quote = strchr(line, '\'');
	g_autofree char *level = NULL;

	if (!r->message) {
		r->message = g_strdup(line);
		return;
	}
	if (!quote)
		return;
	if (strstr(line, "in sequence entry"))
		level = g_strdup_printf("[%d]", MAX(atoi(quote + 1) - 1, 0));
	else
		level = g_strndup(quote + 1, strcspn(quote + 1, "'"));
	if (r->place->len && r->place->str[0] != '[')
		g_string_prepend_c(r->place, '.');
	g_string_prepend(r->place, level);
}

static void collect_report(cyaml_log_t level, void *data, const char *format, va_list args)
{
	g_autofree char *line = g_strdup_vprintf(format, args);

	if (level < CYAML_LOG_ERROR)
		return;
	g_strchomp(line);
	read_report_line(data, g_str_has_prefix(line, "Load: ") ? line + strlen("Load: ") : line);
}

static const char *expectation_of(const char *key)
{
	for (size_t i = 0; i < G_N_ELEMENTS(expectations); i++) {
		if (!strcmp(expectations[i].key, key))
			return expectations[i].wants;
	}
	return NULL;
}

/* The fields of the mapping at @place. */
static const cyaml_schema_field_t *fields_at(const char *place)
{
	static const struct { const char *prefix; const cyaml_schema_field_t *fields; } sections[] = {
		{ "arms[", arm_fields },	{ "cells[", cell_fields },	{ "machines[", listed_fields },
		{ "machine", machine_fields },	{ "design", design_fields },	{ "limits", limits_fields },
		{ "trace", trace_fields },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
		if (g_str_has_prefix(place, sections[i].prefix))
			return sections[i].fields;
	}
	return plan_fields;
}

/* @place without its last key, when the last is one: the mapping that the key stands in. */
static char *mapping_around(const char *place)
{
	const char *end = strrchr(place, '.');

	if (g_str_has_suffix(place, "]"))
		return g_strdup(place);
	return end ? g_strndup(place, end - place) : g_strdup("");
}

/* Without its last key, unless the place itself has @key in it (libcyaml may not have entered a field yet). */
static char *mapping_with_key(const struct yaml_where *where, const char *place, const char *key)
{
	g_autofree char *inside = g_strdup_printf("%s%s%s", place, *place ? "." : "", key);

	return yaml_where_has(where, inside) ? g_strdup(place) : mapping_around(place);
}

static void refuse_key(const char *name, const struct yaml_where *where, const char *place, const char *key,
		       GError **error)
{
	g_autofree char *mapping = mapping_with_key(where, place, key);
	g_autofree char *whole = g_strdup_printf("%s%s%s", mapping, *mapping ? "." : "", key);
	struct yaml_mark at = yaml_where_key(where, whole);
	g_autoptr(GString) known = g_string_new(NULL);

	for (const cyaml_schema_field_t *field = fields_at(mapping); field->key; field++)
		g_string_append_printf(known, "%s%s", known->len ? ", " : "", field->key);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s:%u:%u: %s: there is no such key; expected one of: %s", name, at.line, at.column, whole,
		    known->str);
}

static void refuse_missing(const char *name, const struct yaml_where *where, const char *place, const char *key,
			   GError **error)
{
	g_autofree char *mapping = mapping_around(place);
	g_autofree char *whole = g_strdup_printf("%s%s%s", mapping, *mapping ? "." : "", key);

	plan_refuse(name, where, whole, error, "this key is missing; expected %s", expectation_of(key));
}

/* "threads" of "cells[2].threads[0]". */
static char *last_key(const char *place)
{
	const char *dot = strrchr(place, '.');
	const char *key = dot ? dot + 1 : place;

	return g_strndup(key, strcspn(key, "["));
}

static void refuse_twice(const char *name, const struct yaml_where *where, const char *place, GError **error)
{
	struct yaml_mark at = yaml_where_key(where, place);

	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s:%u:%u: %s: this key stands here twice", name,
		    at.line, at.column, place);
}

/* The value at @place is not what its key wants. */
static bool refuse_value(const char *name, const struct yaml_where *where, const char *place, GError **error)
{
	/* libcyaml speaks of the first entry of an empty list. */
	const char *index = yaml_where_has(where, place) ? NULL : strrchr(place, '[');
	size_t length = index ? (size_t)(index - place) : strlen(place);
	g_autofree char *value = g_strndup(place, length);
	g_autofree char *found = yaml_where_describe(where, value);
	g_autofree char *key = last_key(value);
	const char *wants = expectation_of(expectation_of(value) ? value : key);

	return plan_refuse(name, where, value, error, "expected %s%s, found %s",
			   g_str_has_suffix(value, "]") ? "an entry of " : "",
			   wants ? wants : "a plan: a mapping with title, arms and cells", found);
}

/* libcyaml's words in ours. */
static void translate_report(const struct cyaml_report *r, const char *name, const struct yaml_where *where,
			     GError **error)
{
	static const char unknown[] = "Unexpected key: ", missing[] = "Missing required mapping field: ",
			  twice[] = "Mapping field already seen: ";
	const char *message = r->message ? r->message : "";

	if (g_str_has_prefix(message, unknown))
		refuse_key(name, where, r->place->str, message + strlen(unknown), error);
	else if (g_str_has_prefix(message, missing))
		refuse_missing(name, where, r->place->str, message + strlen(missing), error);
	else if (g_str_has_prefix(message, twice))
		refuse_twice(name, where, r->place->str, error);
	else
		refuse_value(name, where, r->place->str, error);
}

static cyaml_config_t cyaml_settings(struct cyaml_report *report)
{
	return (cyaml_config_t){
		.log_fn = collect_report,
		.log_ctx = report,
		.mem_fn = cyaml_mem,
		.log_level = CYAML_LOG_ERROR,
		.flags = CYAML_CFG_DEFAULT,
	};
}

static struct plan *read_structs(const char *text, const char *name, const struct yaml_where *where,
				 GError **error)
{
	struct cyaml_report report = { .place = g_string_new(NULL) };
	cyaml_config_t settings = cyaml_settings(&report);
	cyaml_data_t *loaded = NULL;
	cyaml_err_t err =
		cyaml_load_data((const uint8_t *)text, strlen(text), &settings, &plan_value, &loaded, NULL);

	if (err != CYAML_OK)
		translate_report(&report, name, where, error);
	g_free(report.message);
	g_string_free(report.place, TRUE);
	return loaded;
}

/* libcyaml reads the number at the start of "2x" and forgets the rest; 010 and 0x10 are numbers for it. */
static bool apply_rule(const struct number_rule *rule, void *base, const char *place, const char *name,
		       const struct yaml_where *where, GError **error)
{
	unsigned int *value = G_STRUCT_MEMBER_P(base, rule->offset);
	g_autofree char *whole = g_strdup_printf("%s%s%s", place, *place ? "." : "", rule->key);
	const char *written = yaml_where_scalar(where, whole);
	guint64 number;

	if (!written) {
		*value = rule->fallback;
		return true;
	}
	if (g_ascii_string_to_unsigned(written, 10, rule->lowest, rule->highest, &number, NULL)) {
		*value = number;
		return true;
	}
	return plan_refuse(name, where, whole, error,
			   "expected a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
			   ", found \"%s\"",
			   rule->lowest, rule->highest, written);
}

static bool apply_rules(const struct number_rule *rules, void *base, const char *place, const char *name,
			const struct yaml_where *where, GError **error)
{
	for (; rules->key; rules++) {
		if (!apply_rule(rules, base, place, name, where, error))
			return false;
	}
	return true;
}

/* How many are sensible is for plan-check.c to say. */
static bool check_threads(struct plan_cell *cell, const char *place, const char *name,
			  const struct yaml_where *where, GError **error)
{
	for (unsigned int t = 0; t < cell->threads_count; t++) {
		g_autofree char *whole = g_strdup_printf("%s.threads[%u]", place, t);
		guint64 number;

		if (!g_ascii_string_to_unsigned(yaml_where_scalar(where, whole), 10, 0, G_MAXUINT32, &number,
						NULL))
			return refuse_value(name, where, whole, error);
		cell->threads[t] = number;
	}
	return true;
}

static bool check_gate(struct plan *p, const char *name, const struct yaml_where *where, GError **error)
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
	return plan_refuse(name, where, "design.gate_pct", error, "\"%s\" is not a percentage from 0 to 100",
			   written);
}

/* Whoever asks for the pass wants all that it can say. */
static bool check_trace(struct plan *p, const char *name, const struct yaml_where *where, GError **error)
{
	if (!yaml_where_has(where, "trace"))
		return true;
	if (!yaml_where_has(where, "trace.latency"))
		p->trace.latency = true;
	if (!yaml_where_has(where, "trace.locks"))
		p->trace.locks = true;
	return apply_rules(trace_numbers, p, "", name, where, error);
}

static bool check_machines(struct plan *p, const char *name, const struct yaml_where *where, GError **error)
{
	for (unsigned int i = 0; i < p->machines_count; i++) {
		g_autofree char *place = g_strdup_printf("machines[%u]", i);

		if (!apply_rules(machine_numbers, &p->machines[i], place, name, where, error))
			return false;
	}
	return apply_rules(machine_numbers, &p->machine, "machine", name, where, error);
}

static bool check_numbers(struct plan *p, const char *name, const struct yaml_where *where, GError **error)
{
	if (!apply_rules(plan_numbers, p, "", name, where, error) || !check_machines(p, name, where, error))
		return false;
	for (unsigned int i = 0; i < p->arms_count; i++) {
		g_autofree char *place = g_strdup_printf("arms[%u]", i);

		if (!apply_rules(arm_numbers, &p->arms[i], place, name, where, error))
			return false;
	}
	for (unsigned int i = 0; i < p->cells_count; i++) {
		g_autofree char *place = g_strdup_printf("cells[%u]", i);

		if (!apply_rules(cell_numbers, &p->cells[i], place, name, where, error) ||
		    !check_threads(&p->cells[i], place, name, where, error))
			return false;
	}
	return check_trace(p, name, where, error) && check_gate(p, name, where, error);
}

struct plan *plan_schema_load(const char *text, const char *name, const struct yaml_where *where,
			      GError **error)
{
	struct plan *p = read_structs(text, name, where, error);

	if (p && !check_numbers(p, name, where, error))
		g_clear_pointer(&p, plan_schema_free);
	return p;
}

void plan_schema_free(struct plan *p)
{
	cyaml_config_t settings = cyaml_settings(NULL);

	cyaml_free(&settings, &plan_value, p, 0);
}
