// SPDX-License-Identifier: GPL-2.0-only
#include "pilot.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "plan/plan-machine.h"
#include "plan/schedule.h"
#include "stats/power.h"

static double figure_of_block(const struct series *s, unsigned int block)
{
	for (guint i = 0; i < s->blocks->len; i++) {
		if (g_array_index(s->blocks, unsigned int, i) == block)
			return series_figures(s)[i];
	}
	return NAN;
}

/* The series of @cell that can serve: of arms that did not fail, and whose times have logarithms. */
static GPtrArray *usable_series(const struct comparison *c, guint cell)
{
	GPtrArray *usable = g_ptr_array_new();

	for (unsigned int i = 0; i < c->arms_count; i++) {
		struct series *s = &c->arms[i].series[cell];

		if (!c->arms[i].failed && s->figures->len >= PILOT_BLOCKS_MIN && s->lowest > 0)
			g_ptr_array_add(usable, s);
	}
	return usable;
}

/* Logarithms of the figures of all of @series, block after block, for the blocks that all of them have. */
static GArray *common_blocks(const GPtrArray *series)
{
	GArray *values = g_array_new(FALSE, FALSE, sizeof(double));
	const struct series *first = series->len ? series->pdata[0] : NULL;

	for (guint i = 0; first && i < first->blocks->len; i++) {
		guint arm, before = values->len;

		for (arm = 0; arm < series->len; arm++) {
			double value = log(figure_of_block(series->pdata[arm],
							   g_array_index(first->blocks, unsigned int, i)));

			if (isnan(value))
				break;
			g_array_append_val(values, value);
		}
		if (arm < series->len)
			g_array_set_size(values, before);
	}
	return values;
}

/* NAN when no boot had two loads. */
static double mean_within(const GPtrArray *series)
{
	double sum = 0;
	guint boots = 0;

	for (guint i = 0; i < series->len; i++) {
		const struct series *s = series->pdata[i];

		if (isnan(s->spread.within))
			continue;
		sum += s->spread.within * s->figures->len;
		boots += s->figures->len;
	}
	return boots ? sum / boots : NAN;
}

/*
 * What the median of a boot's loads leaves of their variance is not known better than the figures show: loads
 * that go astray make @within large and move few medians. Of one load a boot all is taken for the boot's.
 */
static void set_parts(struct pilot_row *row, double of_figures, double within, double of_median)
{
	double loads = isnan(within) ? 0 : MIN(of_figures, within * of_median);

	row->between = of_figures - loads;
	row->within = isnan(within) ? NAN : loads / of_median;
}

static void split_variance(struct pilot_row *row, const struct comparison *c, guint cell)
{
	g_autoptr(GPtrArray) series = usable_series(c, cell);
	g_autoptr(GArray) values = common_blocks(series);
	double of_figures;

	row->arms = series->len;
	row->blocks = series->len ? values->len / series->len : 0;
	if (row->arms < 2 || row->blocks < PILOT_BLOCKS_MIN) {
		row->missing =
			g_strdup_printf("the pilot has no two arms with %d blocks in common", PILOT_BLOCKS_MIN);
		return;
	}
	of_figures = variance_residual((const double *)values->data, row->blocks, row->arms);
	set_parts(row, of_figures, mean_within(series), power_median_variance(c->run->plan->design.loads));
}

static void match_row(struct pilot_row *row, const struct comparison *c, const struct plan_row *wanted)
{
	*row = (struct pilot_row){ .between = NAN, .within = NAN, .load_s = NAN };
	for (guint cell = 0; cell < c->cells->len; cell++) {
		const struct plan_row *had = c->cells->pdata[cell];

		if (strcmp(had->name, wanted->name))
			continue;
		if (had->cell->loops == wanted->cell->loops)
			split_variance(row, c, cell);
		else
			row->missing = g_strdup_printf("%u loops in the pilot, %u in the plan",
						       had->cell->loops, wanted->cell->loops);
		return;
	}
	row->missing = g_strdup("not in the pilot");
}

/* Wall time of each timed boot that went well, per load: GHashTable of the boot's name to double *. */
static GHashTable *load_times(const struct run *r)
{
	GHashTable *times = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	g_autoptr(GHashTable) loads = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < r->loads->len; i++) {
		const struct run_load *load = r->loads->pdata[i];
		guint count = GPOINTER_TO_UINT(g_hash_table_lookup(loads, load->boot));

		g_hash_table_insert(loads, load->boot, GUINT_TO_POINTER(count + 1));
	}
	for (guint i = 0; i < r->ends->len; i++) {
		const struct run_boot_end *end = r->ends->pdata[i];
		guint count = GPOINTER_TO_UINT(g_hash_table_lookup(loads, end->boot));
		double *each = g_new(double, 1);

		*each = count && end->class == RUN_OK ? end->loads_s / count : NAN;
		g_hash_table_insert(times, end->boot, each);
	}
	return times;
}

/* The mean over the loads of @cell, or of all cells (NULL). */
static double mean_load_s(const struct run *r, GHashTable *times, const char *cell)
{
	double sum = 0;
	guint count = 0;

	for (guint i = 0; i < r->loads->len; i++) {
		const struct run_load *load = r->loads->pdata[i];
		const double *each = g_hash_table_lookup(times, load->boot);

		if (!each || isnan(*each) || (cell && strcmp(load->cell, cell)))
			continue;
		sum += *each;
		count++;
	}
	return count ? sum / count : NAN;
}

static double mean_boot_s(const struct run *r)
{
	double sum = 0;
	guint count = 0;

	for (guint i = 0; i < r->ends->len; i++) {
		const struct run_boot_end *end = r->ends->pdata[i];
		double seconds = end->boot_s + end->shutdown_s;

		if (end->traced || end->class != RUN_OK || isnan(seconds))
			continue;
		sum += seconds;
		count++;
	}
	return count ? sum / count : NAN;
}

/* A row that the pilot did not have takes as long as the others do. */
static void fill_times(struct pilot *earlier, const struct run *r, const GPtrArray *rows)
{
	g_autoptr(GHashTable) times = load_times(r);
	double mean = mean_load_s(r, times, NULL);

	earlier->boot_s = mean_boot_s(r);
	for (guint i = 0; i < rows->len; i++) {
		const struct plan_row *row = rows->pdata[i];
		double own = mean_load_s(r, times, row->name);

		earlier->rows[i].load_s = isnan(own) ? mean : own;
	}
}

static const char *board_of(const struct run *r)
{
	return json_text(json_object_get(r->manifest, "board"), "path");
}

/* QEMU makes any machine again; a board is the one that its file names, whatever it has. */
static bool is_same_machine(const struct run *r, const struct plan *p)
{
	const struct plan_machine *had = &r->plan->machine, *wanted = &p->machine;

	if (plan_machine_is_board(had) || plan_machine_is_board(wanted))
		return plan_machine_is_board(had) && !g_strcmp0(board_of(r), wanted->board);
	return had->smp == wanted->smp && !g_strcmp0(had->arch, wanted->arch) &&
	       !g_strcmp0(had->cpu, wanted->cpu);
}

/* "x86_64, smp 8, accel tcg", "the board of lab.yaml". Caller frees. */
static char *machine_words(const struct plan_machine *m, const char *board, const char *accel)
{
	if (plan_machine_is_board(m))
		return g_strdup_printf("the board of %s", board ? board : "a file that it does not name");
	return g_strdup_printf("%s%s%s, smp %u, accel %s", m->arch, m->cpu ? " " : "", m->cpu ? m->cpu : "",
			       m->smp, accel ? accel : "unknown");
}

static bool refuse_machine(const struct run *r, const struct plan *p, GError **error)
{
	g_autofree char *had = machine_words(&r->plan->machine, board_of(r), json_text(r->manifest, "accel"));
	g_autofree char *wanted = machine_words(&p->machine, p->machine.board, p->machine.accel);

	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "--pilot: %s was measured on %s, and %s asks for %s, where the same rows are other work; "
		    "sweep the plan itself with a few blocks",
		    r->dir, had, p->path, wanted);
	return false;
}

static bool check_machine(const struct run *r, const struct plan *p, GError **error)
{
	const char *wanted = p->machine.accel;
	bool same_accel = !strcmp(wanted, "auto") || !g_strcmp0(wanted, json_text(r->manifest, "accel"));

	if (run_is_counted(r)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "--pilot: %s counted instructions, which says nothing of the noise of times",
			    r->dir);
		return false;
	}
	return (same_accel && is_same_machine(r, p)) || refuse_machine(r, p, error);
}

static bool has_a_row(const struct pilot *earlier)
{
	for (guint i = 0; i < earlier->rows_count; i++) {
		if (!earlier->rows[i].missing)
			return true;
	}
	return false;
}

struct pilot *pilot_new(const struct run *r, const struct plan *p, enum comparison_metric metric,
			GError **error)
{
	g_autoptr(pilot) earlier = g_new0(struct pilot, 1);
	g_autoptr(GPtrArray) rows = plan_rows(p);
	g_autoptr(comparison) c = NULL;

	if (!check_machine(r, p, error))
		return NULL;
	c = comparison_new(r, metric);
	earlier->rows_count = rows->len;
	earlier->rows = g_new0(struct pilot_row, rows->len);
	for (guint i = 0; i < rows->len; i++)
		match_row(&earlier->rows[i], c, rows->pdata[i]);
	if (!has_a_row(earlier)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "--pilot: %s says nothing of any row of %s; of %s: %s", r->dir, p->path,
			    ((const struct plan_row *)rows->pdata[0])->name, earlier->rows[0].missing);
		return NULL;
	}
	fill_times(earlier, r, rows);
	return g_steal_pointer(&earlier);
}

void pilot_free(struct pilot *p)
{
	if (!p)
		return;
	for (guint i = 0; i < p->rows_count; i++)
		g_free(p->rows[i].missing);
	g_free(p->rows);
	g_free(p);
}

double pilot_duration_s(const struct pilot *earlier, const struct plan *p, guint blocks)
{
	g_autoptr(GPtrArray) rows = plan_rows(p);
	double loads_s = 0, arms = p->arms_count + p->aa;
	guint64 timed, traced;

	schedule_count(p, rows, &timed, &traced);
	for (guint i = 0; i < earlier->rows_count; i++)
		loads_s += p->design.loads * earlier->rows[i].load_s;
	return blocks * (earlier->boot_s * timed / p->design.blocks + arms * loads_s);
}

double pilot_ratio_sd(const struct pilot_row *row, unsigned int loads)
{
	return row->missing ? NAN : power_ratio_sd(row->between, isnan(row->within) ? 0 : row->within, loads);
}
