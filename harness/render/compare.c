// SPDX-License-Identifier: GPL-2.0-only
#include "compare.h"

#include <errno.h>

#include "across-table.h"
#include "attach-table.h"
#include "base/error.h"

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
	if (fwrite(text->str, 1, text->len, out) == text->len && fflush(out) == 0)
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

bool compare_print(const struct run *r, const struct compare_opts *opts, FILE *out, struct compare_result *ret,
		   GError **error)
{
	static const struct compare_opts defaults = {
		.format = TABLE_TEXT, .metric = COMPARISON_MEDIAN, .part = TABLE_ALL,
	};
	const struct compare_opts *o = opts ? opts : &defaults;
	g_autoptr(findings) f = findings_new(r, o->metric, o->each_lock, o->allowed);
	g_autoptr(GString) text = g_string_new(NULL);
	const struct comparison_arm *arm;

	if (o->part == TABLE_STAIRCASE && !f->staircase) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "--only: %s is not a run of `vmapbench series`, which has a staircase", r->dir);
		return false;
	}
	if (!find_arm(f->comparison, o->arm, &arm, error))
		return false;
	table_render(f, o->format, o->part, arm, text);
	if (!write_all(text, out, error))
		return false;
	if (ret)
		*ret = (struct compare_result){
			.failed = comparison_has_failure(f->comparison),
			.refused = is_refused(f, o, arm),
			.gate = gate_new(f->comparison, arm),
		};
	return true;
}

bool compare_print_across(const struct run *before, const struct run *after, const struct compare_opts *opts,
			  FILE *out, struct compare_result *ret, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(across) a = NULL;

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
