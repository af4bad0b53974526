// SPDX-License-Identifier: GPL-2.0-only
#include "verdict.h"

#include "render/gate.h"
#include "render/html.h"
#include "render/notes.h"
#include "render/page-html.h"
#include "render/staircase-table.h"
#include "render/summary.h"
#include "render/timed-notes.h"

/* More sentences are a list, and have no tiles. */
#define PROMINENT_MAX 3

static void add_tile(GString *out, guint count, const char *class, const char *words)
{
	html_add(out, "<li class=\"%s%s\"><b>%u</b> %s</li>\n", class, count ? "" : " none", count, words);
}

static void add_tiles(const struct comparison *c, const struct comparison_arm *arm, GString *out)
{
	struct summary s = summary_of(c, arm);

	g_string_append(out, "<ul class=\"tiles\">\n");
	add_tile(out, s.verdicts[VERDICT_IMPROVED], "improved", "improved");
	add_tile(out, s.verdicts[VERDICT_REGRESSED], "regressed", "regressed");
	add_tile(out, s.verdicts[VERDICT_EQUIVALENT], "equivalent", "equivalent");
	add_tile(out, s.verdicts[VERDICT_CANNOT_TELL], "open", "cannot tell");
	if (s.missing)
		add_tile(out, s.missing, "missing", "n/a");
	g_string_append(out, "</ul>\n");
}

/* @opening: what stands before the sentence. */
static void add_arm(const struct comparison *c, const struct comparison_arm *arm, const char *opening,
		    GString *out)
{
	g_autofree char *sentence = summary_sentence(c, arm);
	bool compared = !arm->failed && !c->baseline->failed && !confound_refuses(arm->confound);

	html_open(out, "p", compared ? "headline" : "headline failed");
	html_add(out, "%s%s</p>\n", opening, sentence);
	if (compared)
		add_tiles(c, arm, out);
}

static void add_list(const struct comparison *c, const GPtrArray *arms, bool open, GString *out)
{
	html_add(out, "<details%s><summary>%u arms, one by one</summary>\n<ul class=\"verdicts\">\n",
		 open ? " open" : "", arms->len);
	for (guint i = 0; i < arms->len; i++) {
		g_autofree char *sentence = summary_sentence(c, arms->pdata[i]);

		html_element(out, "li", sentence);
	}
	g_string_append(out, "</ul>\n</details>\n");
}

/* Arms with a table, struct comparison_arm *. Caller frees. */
static GPtrArray *shown_arms(const struct comparison *c)
{
	GPtrArray *arms = g_ptr_array_new();

	for (unsigned int i = 0; i < c->arms_count; i++) {
		if (c->arms[i].shown)
			g_ptr_array_add(arms, &c->arms[i]);
	}
	return arms;
}

/* A series may gain as a whole what one patch gives and another takes. With one patch both are the same. */
static void add_steps(const struct staircase *s, GString *out)
{
	g_autoptr(GPtrArray) notes = notes_new();

	if (s->count < 3)
		return;
	staircase_table_add_steps(notes, s);
	for (guint i = 0; i < notes->len; i++) {
		char *note = notes->pdata[i];

		note[0] = g_ascii_toupper(note[0]);
		if (i)
			page_html_note(out, note);
		else
			html_element(out, "p class=\"headline\"", note);
	}
}

static void add_series(const struct comparison *c, const struct staircase *s, GString *out)
{
	if (s->count < 2)
		return;
	add_arm(c, s->steps[s->count - 1].arm, "The whole series, ", out);
	add_steps(s, out);
}

/* Of a series, the whole of it is what is asked for first. */
static void add_arms(const struct findings *f, GString *out)
{
	const struct comparison *c = f->comparison;
	g_autoptr(GPtrArray) arms = shown_arms(c);

	if (f->staircase)
		add_series(c, f->staircase, out);
	if (f->staircase || arms->len > PROMINENT_MAX) {
		add_list(c, arms, !f->staircase, out);
		return;
	}
	for (guint i = 0; i < arms->len; i++)
		add_arm(c, arms->pdata[i], "", out);
}

void verdict_add(const struct view *v, GString *out)
{
	const struct comparison *c = v->findings->comparison;
	const struct page page = { PAGE_HTML, out };
	g_autoptr(GPtrArray) state = notes_new();
	g_autofree char *error = summary_error(c);
	g_autoptr(gate) g = gate_new(c, NULL);
	g_autofree char *sentence = gate_sentence(g);

	timed_notes_add_state(state, c);
	page_notes(&page, state);
	add_arms(v->findings, out);
	html_element(out, "p class=\"error\"", error);
	html_add(out, "<p class=\"note\">%s (<code>compare --gate</code>: status %d).</p>\n", sentence,
		 gate_status(g));
}
