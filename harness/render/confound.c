// SPDX-License-Identifier: GPL-2.0-only
#include "confound.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "journal/run.h"

/* What the plan can declare as different between two arms. */
enum factor {
	SOURCE = 1 << 0,
	SERIES = 1 << 1,
	CONFIG = 1 << 2,
	LAYOUT = 1 << 3,
	APPEND = 1 << 4,
	IMAGE = 1 << 5,		/* another source, and one of the two was built elsewhere */
};

/* Of a kernel's manifest; all but what is made of these. */
static const struct {
	const char *key;
	unsigned int declared_by;
} inputs[] = {
	{ "arch", 0 },
	{ "source.name", SOURCE },
	{ "source.kind", SOURCE },
	{ "source.version", SOURCE },
	{ "source.release", SOURCE },
	{ "source.digest", SOURCE },
	{ "source.package", SOURCE },
	{ "source.suite", SOURCE },
	{ "layout", LAYOUT | IMAGE },
	{ "tools.compiler", IMAGE },
	{ "tools.linker", IMAGE },
	{ "tools.pahole", IMAGE },
	{ "modules", IMAGE },
};

/* Of a run's manifest. The host's memory is left out: the guest's is the plan's. */
static const char *const host_keys[] = {
	"host.kernel", "host.version", "host.machine",	    "host.cpu",
	"host.cpus",   "host.qemu",    "host.agent_sha256",
};

static void difference_free(gpointer data)
{
	struct confound_difference *d = data;

	g_free(d->key);
	g_free(d->baseline);
	g_free(d->candidate);
	g_free(d);
}

static bool is_allowed(const char *key, const char *const *allowed)
{
	for (; allowed && *allowed; allowed++) {
		size_t length = strlen(*allowed);

		if (g_str_has_prefix(key, *allowed) && (!key[length] || key[length] == '.'))
			return true;
	}
	return false;
}

/* What is passed along while two sides are gone through. */
struct walk {
	struct confound *found;
	const char *const *allowed;
	unsigned int declared;		/* factors */
	bool inputs_differ;
};

/* Texts that are equal, or both absent, are no difference. Takes both. */
static void add(struct walk *w, const char *key, char *baseline, char *candidate, enum confound_why why)
{
	struct confound_difference *d;

	if (!g_strcmp0(baseline, candidate)) {
		g_free(baseline);
		g_free(candidate);
		return;
	}
	d = g_new0(struct confound_difference, 1);
	d->key = g_strdup(key);
	d->baseline = baseline;
	d->candidate = candidate;
	d->why = why == CONFOUND_UNDECLARED && is_allowed(key, w->allowed) ? CONFOUND_ALLOWED : why;
	w->found->counts[d->why]++;
	g_ptr_array_add(w->found->differences, d);
}

static void add_input(struct walk *w, const char *key, char *baseline, char *candidate,
		      unsigned int declared_by)
{
	w->inputs_differ = w->inputs_differ || g_strcmp0(baseline, candidate);
	add(w, key, baseline, candidate, w->declared & declared_by ? CONFOUND_DECLARED : CONFOUND_UNDECLARED);
}

/* Made of the inputs: it may differ when any of them does, and then it is they that are judged. */
static void add_outcome(struct walk *w, const char *key, char *baseline, char *candidate)
{
	add(w, key, baseline, candidate, w->inputs_differ ? CONFOUND_DERIVED : CONFOUND_UNDECLARED);
}

static const json_t *value_at(const json_t *object, const char *path)
{
	g_auto(GStrv) keys = g_strsplit(path, ".", -1);

	for (char **key = keys; *key; key++)
		object = json_object_get(object, *key);
	return object;
}

/* NULL when there is none. */
static char *text_of(const json_t *value)
{
	if (!value || json_is_null(value))
		return NULL;
	return json_is_string(value) ? g_strdup(json_string_value(value)) : json_line(value);
}

static char *text_at(const json_t *object, const char *path)
{
	return text_of(value_at(object, path));
}

static const json_t *entry_of(const struct confound_side *side, const char *name)
{
	const json_t *arms = json_object_get(side->manifest, "arms");
	const json_t *arm;
	size_t i;

	json_array_foreach((json_t *)arms, i, arm) {
		if (!g_strcmp0(json_text(arm, "name"), name))
			return arm;
	}
	return NULL;
}

/*
 * The kernel's manifest of the side's arm; that of the A/A arm is the baseline's when it has none of its own.
 */
static const json_t *kernel_of(const struct confound_side *side)
{
	const struct plan_arm *planned = plan_find_arm(side->plan, side->arm);
	const json_t *arm = entry_of(side, side->arm);

	if (!arm && planned)
		arm = entry_of(side, planned->name);
	return json_object_get(arm, "kernel");
}

static bool same_series(const struct plan_arm *a, const struct plan_arm *b)
{
	bool same = a->series_count == b->series_count;

	for (unsigned int i = 0; same && i < a->series_count; i++)
		same = !strcmp(a->series[i], b->series[i]);
	return same;
}

static bool is_image(const json_t *kernel)
{
	return !g_strcmp0(json_text(json_object_get(kernel, "source"), "kind"), "image");
}

static unsigned int declared_factors(const struct plan_arm *a, const struct plan_arm *b, bool image)
{
	bool source = strcmp(a->source, b->source) != 0;

	return (source ? SOURCE : 0) | (source && image ? IMAGE : 0) | (same_series(a, b) ? 0 : SERIES) |
	       (g_strcmp0(a->config, b->config) ? CONFIG : 0) | (a->layout != b->layout ? LAYOUT : 0) |
	       (g_strcmp0(a->append, b->append) ? APPEND : 0);
}

/* Patches, or fragments: those of the same place are compared. */
static void add_files(struct walk *w, const char *key, const json_t *baseline, const json_t *candidate,
		      size_t first, unsigned int declared_by)
{
	size_t count = MAX(json_array_size(baseline), json_array_size(candidate));

	for (size_t i = first; i < count; i++) {
		const json_t *lists[] = { baseline, candidate };
		g_autofree char *numbered = g_strdup_printf("%s.%zu", key, i + 1);
		char *texts[2];

		for (int side = 0; side < 2; side++) {
			const json_t *file = json_array_get(lists[side], i);
			const char *digest = json_text(file, "sha256");

			texts[side] =
				!file ? NULL
				      : g_strdup_printf("%s %.12s",
							json_text(file, "file") ? json_text(file, "file") : "?",
							digest ? digest : "not recorded");
		}
		add_input(w, numbered, texts[0], texts[1], declared_by);
	}
}

/*
 * The first fragment is the architecture's, which is the same for all; what comes behind it is the arm's own.
 */
static void add_fragments(struct walk *w, const json_t *baseline, const json_t *candidate)
{
	const json_t *b = value_at(baseline, "config.fragments"), *c = value_at(candidate, "config.fragments");
	g_autojson first_b = json_array();
	g_autojson first_c = json_array();

	if (json_array_size(b))
		json_array_append(first_b, json_array_get(b, 0));
	if (json_array_size(c))
		json_array_append(first_c, json_array_get(c, 0));
	add_files(w, "config.fragments", first_b, first_c, 0, IMAGE);
	add_files(w, "config.fragments", b, c, 1, CONFIG | IMAGE);
}

static const json_t *config_of(const struct confound_side *side, const char *digest)
{
	return digest ? json_object_get(json_object_get(side->manifest, "configs"), digest) : NULL;
}

static void add_config_lines(struct walk *w, const json_t *baseline, const json_t *candidate)
{
	g_autojson all = json_copy((json_t *)baseline);
	const char *symbol;
	json_t *value;

	json_object_update(all, (json_t *)candidate);
	json_object_foreach(all, symbol, value) {
		g_autofree char *key = g_strdup_printf("config.%s", symbol);

		add_outcome(w, key, text_of(json_object_get(baseline, symbol)),
			    text_of(json_object_get(candidate, symbol)));
	}
}

/* Kconfig makes it of the source with its series, of the fragments and of what the compiler can. */
static void add_config(struct walk *w, const struct confound_side *base, const struct confound_side *candidate,
		       const json_t *base_kernel, const json_t *candidate_kernel)
{
	g_autofree char *b = text_at(base_kernel, "config.sha256");
	g_autofree char *c = text_at(candidate_kernel, "config.sha256");
	const json_t *b_lines = config_of(base, b), *c_lines = config_of(candidate, c);

	if (!g_strcmp0(b, c))
		return;
	if (b_lines && c_lines)
		add_config_lines(w, b_lines, c_lines);
	else
		add_outcome(w, "config.sha256", g_steal_pointer(&b), g_steal_pointer(&c));
}

static bool is_same_kernel(const json_t *base, const json_t *candidate, unsigned int declared)
{
	const char *b = json_string_value(value_at(base, "image.sha256"));

	return b && !g_strcmp0(b, json_string_value(value_at(candidate, "image.sha256"))) &&
	       !(declared & APPEND);
}

/* What was never booted has no figures that could be set against others. */
static bool has_kernel(const struct confound_side *side)
{
	return !json_object_get(entry_of(side, side->arm), RUN_UNBUILT);
}

/* Kernels from before there was a module of our own have never run a load of it. */
static void add_load_module(struct walk *w, const json_t *baseline, const json_t *candidate)
{
	static const char key[] = "load_module.sha256";

	if (value_at(baseline, key) && value_at(candidate, key))
		add_input(w, key, text_at(baseline, key), text_at(candidate, key), IMAGE);
}

static void add_kernels(struct walk *w, const struct confound_side *base, const struct confound_side *candidate)
{
	const json_t *b = kernel_of(base), *c = kernel_of(candidate);
	const struct plan_arm *b_arm = plan_find_arm(base->plan, base->arm);
	const struct plan_arm *c_arm = plan_find_arm(candidate->plan, candidate->arm);

	if (!has_kernel(base) || !has_kernel(candidate))
		return;
	w->declared = declared_factors(b_arm, c_arm, is_image(b) || is_image(c));
	for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++)
		add_input(w, inputs[i].key, text_at(b, inputs[i].key), text_at(c, inputs[i].key),
			  inputs[i].declared_by);
	add_load_module(w, b, c);
	add_files(w, "series", json_object_get(b, "series"), json_object_get(c, "series"), 0, SERIES);
	add_fragments(w, b, c);
	add_config(w, base, candidate, b, c);
	add_outcome(w, "image.sha256", text_at(b, "image.sha256"), text_at(c, "image.sha256"));
	add_input(w, "append", g_strdup(b_arm->append), g_strdup(c_arm->append), APPEND);
	w->found->same_kernel = is_same_kernel(b, c, w->declared);
}

/* A plan may leave it to the runner, which says in the manifest what it took; earlier ones did not. */
static void add_cpu(struct walk *w, const struct confound_side *base, const struct confound_side *candidate)
{
	const char *b = json_text(base->manifest, "cpu"), *c = json_text(candidate->manifest, "cpu");
	bool known = b && c;

	add(w, "machine.cpu", g_strdup(known ? b : base->plan->machine.cpu),
	    g_strdup(known ? c : candidate->plan->machine.cpu), CONFOUND_UNDECLARED);
}

static void add_number(struct walk *w, const char *key, unsigned int baseline, unsigned int candidate)
{
	add(w, key, g_strdup_printf("%u", baseline), g_strdup_printf("%u", candidate), CONFOUND_UNDECLARED);
}

/* What all arms of one run share. */
static void add_machines(struct walk *w, const struct confound_side *base,
			 const struct confound_side *candidate)
{
	const struct plan *b = base->plan, *c = candidate->plan;

	for (size_t i = 0; i < G_N_ELEMENTS(host_keys); i++)
		add(w, host_keys[i], text_at(base->manifest, host_keys[i]),
		    text_at(candidate->manifest, host_keys[i]), CONFOUND_UNDECLARED);
	add(w, "machine.runner", g_strdup(b->machine.runner), g_strdup(c->machine.runner), CONFOUND_UNDECLARED);
	add(w, "machine.arch", g_strdup(b->machine.arch), g_strdup(c->machine.arch), CONFOUND_UNDECLARED);
	add_cpu(w, base, candidate);
	add(w, "machine.board", text_at(base->manifest, "board.name"),
	    text_at(candidate->manifest, "board.name"), CONFOUND_UNDECLARED);
	add_number(w, "machine.smp", b->machine.smp, c->machine.smp);
	add_number(w, "machine.nodes", b->machine.nodes, c->machine.nodes);
	add_number(w, "machine.memory_mib", b->machine.memory_mib, c->machine.memory_mib);
	add_number(w, "design.loads", b->design.loads, c->design.loads);
	add_number(w, "design.pack", b->design.pack, c->design.pack);
}

struct confound *confound_new(const struct confound_side *baseline, const struct confound_side *candidate,
			      const char *const *allowed)
{
	struct confound *c = g_new0(struct confound, 1);
	struct walk w = { .found = c, .allowed = allowed };

	c->differences = g_ptr_array_new_with_free_func(difference_free);
	add_kernels(&w, baseline, candidate);
	if (baseline->manifest != candidate->manifest)
		add_machines(&w, baseline, candidate);
	return c;
}

void confound_free(struct confound *c)
{
	if (!c)
		return;
	g_ptr_array_unref(c->differences);
	g_free(c);
}

bool confound_refuses(const struct confound *c)
{
	return c->counts[CONFOUND_UNDECLARED] > 0;
}

GPtrArray *confound_diff(const struct confound *c, const char *baseline, const char *candidate)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(lines, g_strconcat("--- ", baseline, NULL));
	g_ptr_array_add(lines, g_strconcat("+++ ", candidate, NULL));
	for (guint i = 0; i < c->differences->len; i++) {
		const struct confound_difference *d = c->differences->pdata[i];

		if (d->why != CONFOUND_UNDECLARED)
			continue;
		if (d->baseline)
			g_ptr_array_add(lines, g_strdup_printf("-%s: %s", d->key, d->baseline));
		if (d->candidate)
			g_ptr_array_add(lines, g_strdup_printf("+%s: %s", d->key, d->candidate));
	}
	return lines;
}

const char *confound_why_name(enum confound_why why)
{
	static const char *const names[] = {
		[CONFOUND_DECLARED] = "declared",
		[CONFOUND_DERIVED] = "derived",
		[CONFOUND_ALLOWED] = "allowed",
		[CONFOUND_UNDECLARED] = "undeclared",
	};

	return names[why];
}

bool confound_check_keys(const char *const *allowed, GError **error)
{
	static const char *const roots[] = { "arch",	"source", "layout", "tools", "modules",	"load_module",
					     "series",	"config", "image",  "host",  "machine", "design",
					     NULL };

	for (; allowed && *allowed; allowed++) {
		g_auto(GStrv) words = g_strsplit(*allowed, ".", 2);
		g_autofree char *known = NULL;

		if (*words && g_strv_contains(roots, *words))
			continue;
		known = g_strjoinv(", ", (char **)roots);
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "--allow-diff: \"%s\" is no key of a manifest; expected one of %s, or what the "
			    "refusal names below them, such as tools.compiler",
			    *allowed, known);
		return false;
	}
	return true;
}
