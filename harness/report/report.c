// SPDX-License-Identifier: GPL-2.0-only
#include "report.h"

#include "base/error.h"
#include "base/path.h"
#include "document.h"
#include "journal/attach-run.h"
#include "journal/machines.h"
#include "plots/chart.h"
#include "render/agreement.h"
#include "render/html.h"
#include "render/notes.h"
#include "render/page-html.h"
#include "render/soak-table.h"
#include "sections.h"

/* One run with what is read of it, and where its charts are. */
struct part {
	const char *machine; /* NULL: the run is alone */
	struct run *run;     /* NULL: there is none, and why */
	struct findings *findings;
	GPtrArray *charts;	/* struct chart *, or NULL */
	char *folder, *lacks;	/* where these are, or why there are none */
	char *why;
};

/* What becomes the page. */
typedef struct report {
	GPtrArray *parts; /* struct part * */
	GString *nav, *body;
	char *scratch; /* folder for the charts */
	char *lacks;
} report;

static void part_free(gpointer data)
{
	struct part *p = data;

	findings_free(p->findings);
	run_free(p->run);
	g_clear_pointer(&p->charts, g_ptr_array_unref);
	g_free(p->folder);
	g_free(p->lacks);
	g_free(p->why);
	g_free(p);
}

static void report_release(struct report *r)
{
	if (r->scratch)
		path_remove_tree(r->scratch, NULL);
	g_free(r->scratch);
	g_free(r->lacks);
	g_string_free(r->nav, TRUE);
	g_string_free(r->body, TRUE);
	g_ptr_array_unref(r->parts);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(report, report_release)

/* A page without charts is a page; what it lacks is said. */
static void draw(struct report *r, struct part *p, guint number)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *name = g_strdup_printf("%u", number);

	if (!r->scratch)
		r->scratch = g_dir_make_tmp("vmapbench-report-XXXXXX", &error);
	if (!error) {
		p->folder = g_build_filename(r->scratch, name, NULL);
		p->charts = chart_list_new();
		chart_draw(p->findings, p->folder, p->charts, &error);
	}
	if (!error)
		return;
	g_clear_pointer(&p->charts, g_ptr_array_unref);
	p->lacks = g_strdup(error->message);
	if (!r->lacks)
		r->lacks = g_strdup(error->message);
}

static bool open_part(struct report *r, const char *machine, const char *dir, const char *const *allowed,
		      GError **error)
{
	struct part *p = g_new0(struct part, 1);

	p->machine = machine;
	g_ptr_array_add(r->parts, p);
	p->run = run_read(dir, error);
	if (!p->run)
		return false;
	if (p->run->soak_s)
		return true;
	p->findings = findings_new(p->run, COMPARISON_MEDIAN, false, allowed);
	draw(r, p, r->parts->len);
	return true;
}

static void add_part(struct report *r, guint number)
{
	const struct part *p = r->parts->pdata[number];
	g_autofree char *prefix = p->machine ? g_strdup_printf("m%u-", number + 1) : g_strdup("");
	const struct view v = { p->run, p->findings, prefix, p->charts, p->folder, p->lacks };
	g_autofree char *machine = p->run ? notes_machine(p->run) : g_strdup_printf("machine %s", p->machine);
	g_autofree char *accelerator = p->run ? notes_accelerator(p->run) : g_strdup("no run");

	html_add(r->body, "<section class=\"run\" id=\"%srun\">\n<h2>%s; %s</h2>\n", prefix, machine,
		 accelerator);
	if (p->machine)
		html_add(r->nav, "<li class=\"run\"><a href=\"#%srun\">%s</a></li>\n", prefix, p->machine);
	if (p->run)
		sections_add(&v, r->nav, r->body);
	else
		html_element(r->body, "p class=\"note alarm\"", p->why);
	g_string_append(r->body, "</section>\n");
}

/* Beside its name, or written to it at once: nobody sees half a page. */
static bool write_page(const struct report *r, const char *title, const char *subtitle, const char *path,
		       GError **error)
{
	GString *page = document_new(title, subtitle, r->nav, r->body, error);
	g_autoptr(GError) reason = NULL;
	bool written =
		page && g_file_set_contents_full(path, page->str, page->len,
						 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
						 0644, &reason);

	if (page)
		g_string_free(page, TRUE);
	if (reason)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot write the page: %s",
			    reason->message);
	return written;
}

/* "run maple, 2026-11-26; median worker, us". Caller frees. */
static char *subtitle_of(const struct part *p)
{
	const struct plan_design *d = &p->run->plan->design;
	const char *created = json_text(p->run->manifest, "created");
	g_autofree char *name = notes_run_name(p->run);
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "run %s%s%.10s", name, created ? ", " : "", created ? created : "");
	if (p->findings)
		g_string_append_printf(text, "; planned: %u block%s x %u load%s; %s, %s", d->blocks,
				       d->blocks == 1 ? "" : "s", d->loads, d->loads == 1 ? "" : "s",
				       comparison_metric_title(COMPARISON_MEDIAN),
				       comparison_unit(p->findings->comparison));
	return g_string_free(text, FALSE);
}

static bool write_run(struct report *r, const char *dir, const char *path, const char *const *allowed,
		      GError **error)
{
	const struct part *p;
	g_autofree char *subtitle = NULL;

	if (!open_part(r, NULL, dir, allowed, error))
		return false;
	p = r->parts->pdata[0];
	subtitle = subtitle_of(p);
	add_part(r, 0);
	return write_page(r, p->run->plan->title, subtitle, path, error);
}

/* What the tables of the machines have in common; no figure of one meets one of another. */
static void add_agreement(struct report *r)
{
	g_autofree struct agreement_side *sides = g_new0(struct agreement_side, r->parts->len);
	g_autoptr(GPtrArray) rows = NULL;
	g_autofree char *paragraph = NULL;
	guint count = 0;

	for (guint i = 0; i < r->parts->len; i++) {
		const struct part *p = r->parts->pdata[i];

		if (p->findings)
			sides[count++] = (struct agreement_side){ p->machine, p->findings->comparison };
	}
	if (r->parts->len < 2)
		return;
	if (count < 2) {
		html_add(
			r->body,
			"<p class=\"note\">%u of %u machines %s a run, so that there is nothing to set side by "
			"side.</p>\n",
			count, r->parts->len, count == 1 ? "has" : "have");
		return;
	}
	rows = agreement_new(sides, count, NULL);
	paragraph = agreement_paragraph(rows, sides, count);
	html_element(r->body, "p class=\"headline\"", paragraph);
}

static void open_machines(struct report *r, const struct machines *m, const char *const *allowed)
{
	for (guint i = 0; i < m->names->len; i++) {
		const char *name = m->names->pdata[i];
		g_autofree char *folder = machines_run(m, name);
		g_autoptr(GError) why = NULL;

		if (!open_part(r, name, folder, allowed, &why))
			((struct part *)r->parts->pdata[i])->why = g_strdup(why->message);
	}
}

/* The plan's, which is the same for all that have a run. Caller frees. */
static char *title_of(const struct report *r, const struct machines *m)
{
	for (guint i = 0; i < r->parts->len; i++) {
		const struct part *p = r->parts->pdata[i];

		if (p->run)
			return g_strdup(p->run->plan->title);
	}
	return g_filename_display_basename(m->dir);
}

static bool write_machines(struct report *r, const char *dir, const char *path, const char *const *allowed,
			   GError **error)
{
	g_autoptr(machines) m = machines_read(dir, error);
	const char *created = m ? json_text(m->manifest, "created") : NULL;
	g_autofree char *title = NULL;
	g_autofree char *subtitle = NULL;

	if (!m)
		return false;
	open_machines(r, m, allowed);
	add_agreement(r);
	for (guint i = 0; i < r->parts->len; i++)
		add_part(r, i);
	subtitle = g_strdup_printf("%u machine%s, each with a table of its own%s%.10s", m->names->len,
				   m->names->len == 1 ? "" : "s", created ? "; " : "", created ? created : "");
	title = title_of(r, m);
	return write_page(r, title, subtitle, path, error);
}

bool report_write(const char *dir, const char *path, const char *const *allowed, char **ret_lacks,
		  GError **error)
{
	g_auto(report) r = {
		.parts = g_ptr_array_new_with_free_func(part_free),
		.nav = g_string_new(NULL),
		.body = g_string_new(NULL),
	};

	if (attach_run_is(dir)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s is a run of attach, which has no page; `vmapbench plot` draws it and "
			    "`vmapbench compare` "
			    "sets two of them side by side",
			    dir);
		return false;
	}
	if (!(machines_is(dir) ? write_machines : write_run)(&r, dir, path, allowed, error))
		return false;
	*ret_lacks = g_steal_pointer(&r.lacks);
	return true;
}
