// SPDX-License-Identifier: GPL-2.0-only
#include "compare.h"

#include <errno.h>

#include "across-table.h"
#include "attach-table.h"
#include "base/error.h"
#include "machine-tables.h"
#include "paint.h"
#include "soak-table.h"

static bool find_arm(const struct comparison *c, const char *name, const struct comparison_arm **ret_arm,
		     GError **error)
{
	g_autoptr(GString) names = g_string_new(NULL);

	*ret_arm = name ? comparison_find_arm(c, name) : NULL;
	if (!name || (*ret_arm && *ret_arm != c->baseline))
		return true;
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (&c->arms[i] != c->baseline)
			g_string_append_printf(names, "%s%s", names->len ? ", " : "", c->arms[i].name);
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "--arm: \"%s\" is %s; expected one of: %s", name,
		    *ret_arm ? "the baseline" : "no arm of this run", names->str);
	return false;
}

static bool write_all(const GString *text, FILE *out, GError **error)
{
	g_autofree char *painted = paint_marks(text->str, fileno(out));

	if (fputs(painted, out) >= 0 && fflush(out) == 0)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot write the comparison: %s",
		    g_strerror(errno));
	return false;
}

/* Only what was to be printed: a csv of everything has the times. */
static bool is_refused(const struct findings *f, const struct compare_opts *o, const struct comparison_arm *arm)
{
	enum table_part part = o->format == TABLE_CSV && o->part == TABLE_ALL ? TABLE_TIMED : o->part;

	return findings_refused_arms(f, arm) ||
	       ((part == TABLE_ALL || part == TABLE_LATENCY) && findings_refused_latency(f, arm)) ||
	       ((part == TABLE_ALL || part == TABLE_LOCKS) && findings_refused_locks(f, arm));
}

static const struct compare_opts defaults = {
	.format = TABLE_TEXT, .metric = COMPARISON_MEDIAN, .part = TABLE_ALL,
};

/* All that @o asks for of @r is there: *ret_arm is its only arm, or NULL. */
static struct findings *find(const struct run *r, const struct compare_opts *o,
			     const struct comparison_arm **ret_arm, GError **error)
{
	g_autoptr(findings) f = findings_new(r, o->metric, o->each_lock, o->allowed);

	if (o->part == TABLE_STAIRCASE && !f->staircase) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "--only: %s is not a run of `vmapbench series`, which has a staircase", r->dir);
		return NULL;
	}
	return find_arm(f->comparison, o->arm, ret_arm, error) ? g_steal_pointer(&f) : NULL;
}

static struct compare_result result_of(const struct findings *f, const struct compare_opts *o,
				       const struct comparison_arm *arm)
{
	return (struct compare_result){
		.failed = comparison_has_failure(f->comparison),
		.refused = is_refused(f, o, arm),
		.gate = gate_new(f->comparison, arm),
	};
}

/* A soak has no figures: what it did and found is printed instead. */
static bool print_soak(const struct run *r, const struct compare_opts *o, FILE *out, struct compare_result *ret,
		       GError **error)
{
	g_autoptr(soak) s = NULL;
	g_autoptr(GString) text = g_string_new(NULL);

	if (o->part != TABLE_ALL || o->arm || o->allowed) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s is a soak, of which there is one table alone; leave out --only, --arm and "
			    "--allow-diff",
			    r->dir);
		return false;
	}
	s = soak_new(r);
	soak_table_render(s, o->format, text);
	if (ret)
		*ret = (struct compare_result){ .failed = soak_has_failure(s) };
	return write_all(text, out, error);
}

static bool refuse_soak(const struct run *r, GError **error)
{
	if (r->soak_s)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s is a soak, whose figures are not compared; give it alone", r->dir);
	return r->soak_s;
}

static bool print_sweep(const struct run *r, const struct compare_opts *o, FILE *out,
			struct compare_result *ret, GError **error)
{
	const struct comparison_arm *arm;
	g_autoptr(findings) f = find(r, o, &arm, error);
	g_autoptr(GString) text = g_string_new(NULL);

	if (!f)
		return false;
	table_render(f, o->format, o->part, arm, text);
	if (!write_all(text, out, error))
		return false;
	if (ret)
		*ret = result_of(f, o, arm);
	return true;
}

bool compare_print(const struct run *r, const struct compare_opts *opts, FILE *out, struct compare_result *ret,
		   GError **error)
{
	return (r->soak_s ? print_soak : print_sweep)(r, opts ? opts : &defaults, out, ret, error);
}

/* The run of one machine, with what is read of it; the table borrows from the rest. */
struct machine_view {
	struct run *run;
	struct findings *findings;
	GError *why;			/* there is no run, or none that can be read */
	bool unreadable;
	struct machine_table table;
};

static void machine_view_free(gpointer data)
{
	struct machine_view *v = data;

	findings_free(v->findings);
	run_free(v->run);
	g_clear_error(&v->why);
	g_free(v);
}

/* False only when the run is there and cannot be shown as @o asks. */
static bool open_view(struct machine_view *v, const struct machines *m, const struct compare_opts *o,
		      GError **error)
{
	g_autofree char *dir = machines_run(m, v->table.machine);

	v->run = run_read(dir, &v->why);
	if (!v->run) {
		v->unreadable = machines_has_run(m, v->table.machine);
		v->table.missing = v->why->message;
		return true;
	}
	v->findings = find(v->run, o, &v->table.arm, error);
	v->table.findings = v->findings;
	return v->findings;
}

/* Array of struct machine_view *. */
static GPtrArray *open_views(const struct machines *m, const struct compare_opts *o, GError **error)
{
	g_autoptr(GPtrArray) views = g_ptr_array_new_with_free_func(machine_view_free);

	for (guint i = 0; i < m->names->len; i++) {
		struct machine_view *v = g_new0(struct machine_view, 1);

		g_ptr_array_add(views, v);
		v->table.machine = m->names->pdata[i];
		if (!open_view(v, m, o, error))
			return NULL;
	}
	return g_steal_pointer(&views);
}

static void add_result(struct compare_result *sum, const struct machine_view *v, const struct compare_opts *o)
{
	struct compare_result one;

	if (!v->findings) {
		gate_add(sum->gate, GATE_INFRA, "machine %s has no run%s", v->table.machine,
			 v->unreadable ? " that can be read" : "");
		sum->unreadable |= v->unreadable;
		return;
	}
	one = result_of(v->findings, o, v->table.arm);
	sum->failed |= one.failed;
	sum->refused |= one.refused;
	gate_add(sum->gate, one.gate->outcome, "%s on %s", one.gate->rows->str, v->table.machine);
	gate_free(one.gate);
}

static struct compare_result result_of_all(const GPtrArray *views, const struct compare_opts *o)
{
	struct compare_result sum = { .gate = gate_open() };

	for (guint i = 0; i < views->len; i++)
		add_result(&sum, views->pdata[i], o);
	return sum;
}

bool compare_print_machines(const struct machines *m, const struct compare_opts *opts, FILE *out,
			    struct compare_result *ret, GError **error)
{
	const struct compare_opts *o = opts ? opts : &defaults;
	g_autoptr(GPtrArray) views = open_views(m, o, error);
	g_autofree struct machine_table *tables = NULL;
	g_autofree char *absolute = g_canonicalize_filename(m->dir, NULL);
	g_autofree char *name = g_filename_display_basename(absolute);
	g_autoptr(GString) text = g_string_new(NULL);

	if (!views)
		return false;
	tables = g_new(struct machine_table, views->len);
	for (guint i = 0; i < views->len; i++)
		tables[i] = ((const struct machine_view *)views->pdata[i])->table;
	machine_tables_render(name, tables, views->len, o->format, o->part, text);
	if (!write_all(text, out, error))
		return false;
	if (ret)
		*ret = result_of_all(views, o);
	return true;
}

bool compare_print_across(const struct run *before, const struct run *after, const struct compare_opts *opts,
			  FILE *out, struct compare_result *ret, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(across) a = NULL;

	if (refuse_soak(before, error) || refuse_soak(after, error))
		return false;
	if (opts->part != TABLE_ALL && opts->part != TABLE_TIMED) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "--only: of two runs of sweep only the times are compared; leave it out, or give "
			    "timed");
		return false;
	}
	a = across_new(before, after, opts->metric, opts->arm, opts->allowed, error);
	if (!a)
		return false;
	across_table_render(a, opts->format, text);
	if (!write_all(text, out, error))
		return false;
	*ret = (struct compare_result){
		.failed = across_has_failure(a), .refused = across_is_refused(a), .gate = across_gate(a),
	};
	return true;
}

static bool check_part(enum table_part part, GError **error)
{
	if (part == TABLE_ALL || part == TABLE_LATENCY || part == TABLE_LOCKS)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "--only: runs of attach have latency and locks, and no loads of their own");
	return false;
}

bool compare_print_attached(const char *before_dir, const char *after_dir, const struct compare_opts *opts,
			    FILE *out, bool *ret_refused, GError **error)
{
	g_autoptr(attach_run) before = NULL;
	g_autoptr(attach_run) after = NULL;
	g_autoptr(attach_comparison) c = NULL;
	g_autoptr(GString) text = g_string_new(NULL);

	if (!check_part(opts->part, error))
		return false;
	before = attach_run_read(before_dir, NULL, NULL, error);
	after = before ? attach_run_read(after_dir, NULL, NULL, error) : NULL;
	if (!after)
		return false;
	c = attach_comparison_new(before, after, opts->each_lock);
	attach_table_render(c, opts->format, opts->part, text);
	*ret_refused = c->refused[TABLE_LATENCY] || c->refused[TABLE_LOCKS];
	return write_all(text, out, error);
}
