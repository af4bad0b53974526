// SPDX-License-Identifier: GPL-2.0-only
#include "chart.h"

#include <math.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/path.h"
#include "render/notes.h"

/* A gnuplot script, its data, and the variables that it is told on its command line. */
struct drawing {
	char *script;
	char *stem;			/* of its files: path without extension */
	GString *data;
	GPtrArray *variables;		/* char *: name=value as gnuplot reads it */
};

/* In single quotes gnuplot knows one special character, the quote itself, which is doubled. */
static void set_text(struct drawing *d, const char *name, const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "'", -1);
	g_autofree char *doubled = g_strjoinv("''", parts);

	g_ptr_array_add(d->variables, g_strdup_printf("%s='%s'", name, g_strdelimit(doubled, "\r\n", ' ')));
}

static void set_number(struct drawing *d, const char *name, double number)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	g_ptr_array_add(d->variables,
			g_strdup_printf("%s=%s", name, g_ascii_dtostr(text, sizeof(text), number)));
}

static struct drawing *drawing_new(const char *script, const char *dir, const char *name)
{
	struct drawing *d = g_new0(struct drawing, 1);
	g_autofree char *plots = path_data("plots");

	d->script = g_build_filename(plots, script, NULL);
	d->stem = g_build_filename(dir, name, NULL);
	d->data = g_string_new(NULL);
	d->variables = g_ptr_array_new_with_free_func(g_free);
	set_text(d, "plots", plots);
	set_text(d, "stem", d->stem);
	return d;
}

static void drawing_free(struct drawing *d)
{
	g_free(d->script);
	g_free(d->stem);
	g_string_free(d->data, TRUE);
	g_ptr_array_unref(d->variables);
	g_free(d);
}

typedef struct drawing drawing;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(drawing, drawing_free)

static bool draw_format(const struct drawing *d, const char *format, GError **error)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *setting = g_strdup_printf("format='%s'", format);

	g_ptr_array_add(argv, (gpointer)"gnuplot");
	g_ptr_array_add(argv, (gpointer)"-e");
	g_ptr_array_add(argv, setting);
	for (guint i = 0; i < d->variables->len; i++) {
		g_ptr_array_add(argv, (gpointer)"-e");
		g_ptr_array_add(argv, d->variables->pdata[i]);
	}
	g_ptr_array_add(argv, d->script);
	g_ptr_array_add(argv, NULL);
	return exec_run((const char *const *)argv->pdata, NULL, NULL, error);
}

static bool draw(const struct drawing *d, GError **error)
{
	g_autofree char *data = g_strconcat(d->stem, ".dat", NULL);
	g_autoptr(GError) reason = NULL;

	if (!g_file_set_contents(data, d->data->str, d->data->len, &reason)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot write the chart's data: %s",
			    reason->message);
		return false;
	}
	return draw_format(d, "svg", error) && draw_format(d, "png", error);
}

static void add_number(GString *data, double number)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	g_string_append(data, isfinite(number) ? g_ascii_formatd(text, sizeof(text), "%.10g", number) : "NaN");
	g_string_append_c(data, ' ');
}

static const char *cell_name(const struct comparison *c, guint cell)
{
	return ((const struct plan_row *)c->cells->pdata[cell])->name;
}

/* Longer titles do not fit any chart. */
#define TITLE_CHARS 110

/*
 * The lines over every chart: what was compared, of what the figures are and how many, and where they come
 * from.
 */
static void set_titles(struct drawing *d, const struct comparison *c, const char *bars)
{
	const struct plan *p = c->run->plan;
	g_autofree char *cut = g_utf8_substring(p->title, 0, MIN(TITLE_CHARS, g_utf8_strlen(p->title, -1)));
	g_autofree char *accelerator = notes_accelerator(c->run);
	g_autofree char *figures = g_strdup_printf("%s, medians over boots%s; planned: %u block%s x %u load%s",
						   comparison_metric_title(c->metric), bars, p->design.blocks,
						   p->design.blocks == 1 ? "" : "s", p->design.loads,
						   p->design.loads == 1 ? "" : "s");
	g_autofree char *machine = g_strdup_printf(
		"%s; %s, %u CPU%s%s", accelerator, p->machine.arch, p->machine.smp,
		p->machine.smp == 1 ? "" : "s",
		json_object_get(c->run->manifest, "synthetic") ? "; SYNTHETIC, not measured" : "");

	set_text(d, "heading", cut);
	set_text(d, "figures", figures);
	set_text(d, "machine", machine);
}

static const struct comparison_arm *find_role(const struct comparison *c, enum comparison_role role)
{
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (c->arms[i].role == role)
			return &c->arms[i];
	}
	return NULL;
}

/* What is written in place of a point: one boot has no spread that a percentage could be judged by. */
static const char *label_for(const struct comparison *c, const struct comparison_arm *arm, guint cell)
{
	if (arm->failed || c->baseline->failed)
		return "FAILED";
	if (arm->rows[cell].missing)
		return "n/a";
	return !c->counted && arm->rows[cell].blocks < 2 ? "n=1" : "";
}

static void add_gain_row(GString *data, const struct comparison *c, const struct comparison_arm *arm,
			 guint cell)
{
	const struct comparison_arm *aa = find_role(c, COMPARISON_AA);
	const struct contrast *row = &arm->rows[cell];
	const char *label = label_for(c, arm, cell);
	bool has_aa = aa && !aa->rows[cell].missing && !c->counted;
	const double numbers[] = {
		cell + 1,
		*label ? NAN : contrast_gain_pct(row->effect.estimate),
		c->counted ? NAN : contrast_gain_pct(row->effect.low),
		c->counted ? NAN : contrast_gain_pct(row->effect.high),
		row->verdict,
		contrast_gain_pct(-row->gate),
		contrast_gain_pct(row->gate),
		has_aa ? contrast_gain_pct(aa->rows[cell].effect.low) : NAN,
		has_aa ? contrast_gain_pct(aa->rows[cell].effect.high) : NAN,
	};

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		add_number(data, numbers[i]);
	g_string_append_printf(data, "\"%s\" \"%s\"\n", cell_name(c, cell), label);
}

static bool draw_gain(const struct comparison *c, const struct comparison_arm *arm, const char *dir,
		      GError **error)
{
	g_autofree char *name = g_strconcat("gain-", arm->name, NULL);
	g_autoptr(drawing) d = drawing_new("gain.gp", dir, name);
	g_autofree char *heading = notes_heading(c, arm);

	set_text(d, "arms", heading);
	set_titles(d, c, c->counted ? "" : ", bars: 95 % interval");
	set_number(d, "rows", c->cells->len);
	set_number(d, "counted", c->counted);
	g_string_append(d->data,
			"# row gain_pct low_pct high_pct verdict(0=improved,1=regressed,2=equivalent,"
			"3=cannot_tell) gate_low_pct gate_high_pct aa_low_pct aa_high_pct cell label\n");
	for (guint cell = 0; cell < c->cells->len; cell++)
		add_gain_row(d->data, c, arm, cell);
	return draw(d, error);
}

/* A row's name without its threads: cells that share it share a panel. Caller frees. */
static char *panel_name(const struct plan_row *row)
{
	GString *name = g_string_new(row->cell->test);

	if (row->cell->pages > 0)
		g_string_append_printf(name, "/p%u", row->cell->pages);
	if (row->cell->huge)
		g_string_append(name, "/huge");
	return g_string_free(name, FALSE);
}

/* gnuplot refuses a panel without a point. */
static bool has_figures(const struct comparison *c, guint cell)
{
	for (unsigned int a = 0; a < c->arms_count; a++) {
		if (!c->arms[a].failed && c->arms[a].series[cell].figures->len > 0)
			return true;
	}
	return false;
}

static GPtrArray *panel_names(const struct comparison *c)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	for (guint cell = 0; cell < c->cells->len; cell++) {
		g_autofree char *name = panel_name(c->cells->pdata[cell]);

		if (has_figures(c, cell) && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
			g_ptr_array_add(names, g_steal_pointer(&name));
	}
	return names;
}

static void add_thread_rows(GString *data, const struct comparison *c, const struct comparison_arm *arm,
			    const char *panel, double scale)
{
	g_string_append_printf(data, "# %s, %s: threads median lowest highest (over boots)\n", panel,
			       arm->name);
	for (guint cell = 0; cell < c->cells->len; cell++) {
		const struct plan_row *row = c->cells->pdata[cell];
		const struct series *s = &arm->series[cell];
		g_autofree char *name = panel_name(row);

		if (!g_str_equal(name, panel))
			continue;
		add_number(data, row->threads);
		add_number(data, arm->failed ? NAN : s->median / scale);
		add_number(data, arm->failed ? NAN : s->lowest / scale);
		add_number(data, arm->failed ? NAN : s->highest / scale);
		g_string_append_c(data, '\n');
	}
	g_string_append(data, "\n\n");
}

static double highest_time(const struct comparison *c)
{
	double highest = 0;

	for (unsigned int i = 0; i < c->arms_count; i++) {
		for (guint cell = 0; cell < c->cells->len; cell++)
			highest = fmax(highest, c->arms[i].series[cell].highest);
	}
	return highest;
}

/* The numbers that stand on the axes of all panels: "1 2 4 8". Caller frees. */
static char *thread_ticks(const struct comparison *c)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	GString *ticks = g_string_new(NULL);

	for (guint cell = 0; cell < c->cells->len; cell++) {
		const struct plan_row *row = c->cells->pdata[cell];

		if (g_hash_table_add(seen, GUINT_TO_POINTER(row->threads)))
			g_string_append_printf(ticks, "%s%u", ticks->len ? " " : "", row->threads);
	}
	return g_string_free(ticks, FALSE);
}

/* Digits that say nothing would take the chart's room: the unit is chosen by the largest time. */
struct chart_unit {
	double below, scale;
	const char *time, *counted;
};

static const struct chart_unit *choose_unit(const struct comparison *c)
{
	static const struct chart_unit units[] = {
		{ 1e4, 1, "time, us", "thousand instructions" },
		{ 1e7, 1e3, "time, ms", "million instructions" },
		{ INFINITY, 1e6, "time, s", "billion instructions" },
	};
	const struct chart_unit *unit = units;

	for (double highest = highest_time(c); highest >= unit->below; unit++)
		;
	return unit;
}

static bool draw_threads(const struct comparison *c, const char *dir, GError **error)
{
	g_autoptr(drawing) d = drawing_new("threads.gp", dir, "threads");
	g_autoptr(GPtrArray) panels = panel_names(c);
	g_autoptr(GString) arms = g_string_new(NULL);
	g_autofree char *ticks = thread_ticks(c);
	g_autofree char *panel_list = NULL;
	const struct chart_unit *unit = choose_unit(c);

	if (panels->len == 0)
		return true;
	for (guint i = 0; i < panels->len; i++) {
		for (unsigned int a = 0; a < c->arms_count; a++)
			add_thread_rows(d->data, c, &c->arms[a], panels->pdata[i], unit->scale);
	}
	for (unsigned int a = 0; a < c->arms_count; a++)
		g_string_append_printf(arms, "%s%s", a ? " " : "", c->arms[a].name);
	g_ptr_array_add(panels, NULL);
	panel_list = g_strjoinv(" ", (char **)panels->pdata);
	set_titles(d, c, ", bars: lowest to highest");
	set_text(d, "panels", panel_list);
	set_text(d, "arms", arms->str);
	set_text(d, "ticks", ticks);
	set_text(d, "unit", c->counted ? unit->counted : unit->time);
	return draw(d, error);
}

bool chart_draw(const struct comparison *c, const char *dir, GError **error)
{
	g_autofree char *gnuplot = g_find_program_in_path("gnuplot");

	if (!gnuplot) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
			    "gnuplot is not installed: charts need the package gnuplot-nox (apt install "
			    "gnuplot-nox)");
		return false;
	}
	if (!path_make_dirs(dir, error))
		return false;
	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (c->arms[i].shown && !draw_gain(c, &c->arms[i], dir, error))
			return false;
	}
	return draw_threads(c, dir, error);
}
