// SPDX-License-Identifier: GPL-2.0-only
#include "flame.h"

#include <math.h>
#include <string.h>

#include "base/path.h"
#include "base/text.h"
#include "chart.h"
#include "drawings.h"
#include "flame-tree.h"
#include "render/notes.h"
#include "render/samples-rows.h"
#include "titles.h"

/* Pixels. */
#define WIDTH 1200
#define MARGIN 10
#define ROW 17
#define HEAD 128
#define PANEL_HEAD 24
#define PANEL_GAP 14
#define GLYPH_WIDTH 6.7 /* of a monospaced font of 11 pixels, rounded up */
#define NARROWEST 0.4

/* Attributes, as a style sheet would be that of the whole page. */
#define STYLE_ALL "font-family=\"DejaVu Sans, sans-serif\" font-size=\"12\" fill=\"#000\""
#define STYLE_TITLE "font-size=\"14\" text-anchor=\"middle\""
#define STYLE_HEAD "text-anchor=\"middle\""
#define STYLE_PANEL "font-weight=\"bold\""
#define STYLE_BOX                                                                                              \
	"font-family=\"DejaVu Sans Mono, monospace\" font-size=\"11\" paint-order=\"stroke\" "                 \
	"stroke=\"#fff\" stroke-width=\"2.5\""

/* Steps of the difference, in percentage points. */
#define SOME 1.0
#define MUCH 5.0

enum { SAME = 2 };

/* What a step looks like: in colour by itself, in black and white by its hatching. */
/* clang-format off */
static const struct look {
	const char *id, *colour, *hatching, *words;
} looks[] = {
	{ "much-less", "#56B4E9", "<circle cx=\"3\" cy=\"3\" r=\"1.3\" fill=\"#000\"/>", "at least 5 less" },
	{ "less", "#BFE0F5", "<circle cx=\"3\" cy=\"3\" r=\"0.7\" fill=\"#000\"/>", "1 to 5 less" },
	{ "same", "#EEEEEE", "", "less than 1, or within +-" },
	{ "more", "#F5CDA8", "<path d=\"M-1,7 L7,-1\" stroke=\"#000\" stroke-width=\"0.5\"/>", "1 to 5 more" },
	{ "much-more", "#E8833A", "<path d=\"M-1,7 L7,-1\" stroke=\"#000\" stroke-width=\"1.1\"/>",
	  "at least 5 more" },
};
/* clang-format on */

/* One picture on its way. */
struct flame {
	GString *svg;
	const char *id; /* in front of all ids, so that several may stand in one page */
	const struct samples *samples;
	const struct samples_cell *cell;
	unsigned int arm;
	const struct flame_node *root;
	enum flame_side side;
	double bottom; /* of the panel under way */
};

/* As the table has it. */
static struct samples_difference compare(const struct flame *f, const struct flame_node *node)
{
	return samples_rows_compare(f->samples, f->cell, f->arm, node->boots[FLAME_BASELINE],
				    node->boots[FLAME_CANDIDATE]);
}

/* A difference that is within its error, or whose error is not known, is none. */
static const struct look *look_of(const struct samples_difference *d)
{
	if (isnan(d->within) || fabs(d->difference) < fmax(SOME, d->within))
		return &looks[SAME];
	return d->difference < 0 ? &looks[d->difference > -MUCH]
				 : &looks[d->difference < MUCH ? SAME + 1 : SAME + 2];
}

static void add_number(struct flame *f, const char *format, double number)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	g_string_append(f->svg, g_ascii_formatd(text, sizeof(text), format, number));
}

/* ` name="12.34"` */
static void add_attribute(struct flame *f, const char *name, double number)
{
	g_string_append_printf(f->svg, " %s=\"", name);
	add_number(f, "%.2f", number);
	g_string_append_c(f->svg, '"');
}

static void add_escaped(struct flame *f, const char *text)
{
	g_autofree char *plain = text_make_plain(text);
	g_autofree char *escaped = g_markup_escape_text(plain, -1);

	g_string_append(f->svg, escaped);
}

/* Where nothing else is: a line of the head, from the left or in the middle. */
static void add_line(struct flame *f, double x, double y, const char *style, const char *text)
{
	g_string_append(f->svg, "<text");
	add_attribute(f, "x", x);
	add_attribute(f, "y", y);
	g_string_append_printf(f->svg, " %s>", style);
	add_escaped(f, text);
	g_string_append(f->svg, "</text>\n");
}

/* What fits into @width: the name and, where it differs, by how much. NULL when nothing does. Caller frees. */
static char *label_of(const struct flame_node *node, const struct samples_difference *d, double width)
{
	guint room = width > 6 ? (width - 6) / GLYPH_WIDTH : 0;
	char number[G_ASCII_DTOSTR_BUF_SIZE];
	g_autofree char *whole = NULL;

	g_ascii_formatd(number, sizeof(number), "%+.1f", d->difference);
	whole = look_of(d) == &looks[SAME] ? g_strdup(node->name)
						 : g_strdup_printf("%s %s", node->name, number);
	if (strlen(whole) <= room)
		return g_steal_pointer(&whole);
	if (strlen(node->name) <= room)
		return g_strdup(node->name);
	return room < 4 ? NULL : g_strdup_printf("%.*s..", (int)room - 2, node->name);
}

/* All that is known, for whoever points at the box. */
static void add_title(struct flame *f, const struct flame_node *node, const struct samples_difference *d)
{
	g_string_append(f->svg, "<title>");
	add_escaped(f, node->name);
	g_string_append(f->svg, ": baseline ");
	add_number(f, "%.2f", d->baseline);
	g_string_append_printf(f->svg, " %% (%" G_GUINT64_FORMAT " samples), candidate ",
			       node->counts[FLAME_BASELINE]);
	add_number(f, "%.2f", d->candidate);
	g_string_append_printf(f->svg, " %% (%" G_GUINT64_FORMAT " samples), difference ",
			       node->counts[FLAME_CANDIDATE]);
	add_number(f, "%+.2f", d->difference);
	if (!isnan(d->within)) {
		g_string_append(f->svg, " +-");
		add_number(f, "%.2f", d->within);
	}
	g_string_append(f->svg, " points</title>");
}

static void add_box(struct flame *f, const struct flame_node *node, double x, double y, double width)
{
	const struct samples_difference difference = compare(f, node);
	g_autofree char *label = label_of(node, &difference, width);

	g_string_append(f->svg, "<g><rect stroke=\"#555\" stroke-width=\"0.4\"");
	add_attribute(f, "x", x);
	add_attribute(f, "y", y);
	add_attribute(f, "width", width);
	g_string_append_printf(f->svg, " height=\"%d\" fill=\"url(#%s_%s)\"/>", ROW - 1, f->id,
			       look_of(&difference)->id);
	add_title(f, node, &difference);
	if (label) {
		g_string_append(f->svg, "<text");
		add_attribute(f, "x", x + 3);
		add_attribute(f, "y", y + ROW - 6);
		g_string_append(f->svg, " " STYLE_BOX ">");
		add_escaped(f, label);
		g_string_append(f->svg, "</text>");
	}
	g_string_append(f->svg, "</g>\n");
}

/* From @x on, and what it calls above it. */
static void add_node(struct flame *f, const struct flame_node *node, double x, guint level)
{
	double width = (WIDTH - 2 * MARGIN) * flame_tree_share(f->root, node, f->side) / 100;

	if (width < NARROWEST)
		return;
	add_box(f, node, x, f->bottom - (level + 1) * ROW, width);
	for (guint i = 0; i < node->children->len; i++) {
		const struct flame_node *child = node->children->pdata[i];

		add_node(f, child, x, level + 1);
		x += (WIDTH - 2 * MARGIN) * flame_tree_share(f->root, child, f->side) / 100;
	}
}

static void add_panel(struct flame *f, enum flame_side side, const char *arm, double top, double height)
{
	g_autofree char *words = g_strdup_printf("%s: %s, %" G_GUINT64_FORMAT " busy samples",
						 side == FLAME_BASELINE ? "baseline" : "candidate", arm,
						 f->root->counts[side]);

	f->side = side;
	f->bottom = top + height;
	add_line(f, MARGIN, top + PANEL_HEAD - 8, STYLE_PANEL, words);
	add_node(f, f->root, MARGIN, 0);
}

static void add_looks(struct flame *f)
{
	g_string_append(f->svg, "<defs>\n");
	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++)
		g_string_append_printf(
			f->svg,
			"<pattern id=\"%s_%s\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
			"<rect width=\"6\" height=\"6\" fill=\"%s\"/>%s</pattern>\n",
			f->id, looks[i].id, looks[i].colour, looks[i].hatching);
	g_string_append(f->svg, "</defs>\n");
}

static void add_key(struct flame *f)
{
	double x = MARGIN, y = HEAD - 30;

	add_line(f, x, y + 12, "", "candidate - baseline, mean over blocks, points:");
	x += 310;
	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
		g_string_append(f->svg, "<rect");
		add_attribute(f, "x", x);
		add_attribute(f, "y", y);
		g_string_append_printf(f->svg, " width=\"24\" height=\"16\" fill=\"url(#%s_%s)\"/>\n", f->id,
				       looks[i].id);
		add_line(f, x + 30, y + 12, "", looks[i].words);
		x += 50 + 6.5 * strlen(looks[i].words);
	}
}

static void add_head(struct flame *f, const struct samples *s, const char *subject)
{
	const struct run *r = s->comparison->run;
	g_autofree char *events = samples_events(r, s->comparison->baseline->name);
	g_autofree char *machine = titles_machine(r, NULL);
	g_autofree char *heading = titles_heading(r->plan->title);
	g_autofree char *figures = NULL;
	unsigned int hz;

	run_is_sampled(r, &hz);
	figures = g_strdup_printf(
		"widths: share of busy samples in a function and what it calls, all boots together; %s, "
		"%u a second on each CPU; callers below, by name; boxes below 0.03 %% are left out",
		events, hz);
	add_line(f, WIDTH / 2, 20, STYLE_TITLE, heading);
	add_line(f, WIDTH / 2, 40, STYLE_HEAD, subject);
	add_line(f, WIDTH / 2, 60, STYLE_HEAD, figures);
	add_line(f, WIDTH / 2, 80, STYLE_HEAD, machine);
	add_key(f);
}

static void draw(struct flame *f, const char *arm, const char *row)
{
	const struct comparison *c = f->samples->comparison;
	double panel = PANEL_HEAD + (flame_tree_depth(f->root) + 1) * ROW;
	double height = HEAD + 2 * panel + PANEL_GAP + MARGIN;
	g_autofree char *subject = g_strdup_printf("%s: %s against %s", row, arm, c->baseline->name);

	g_string_append(f->svg, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
				"<svg xmlns=\"http://www.w3.org/2000/svg\"");
	g_string_append_printf(f->svg, " width=\"%d\" height=\"%.0f\" viewBox=\"0 0 %d %.0f\" " STYLE_ALL ">\n",
			       WIDTH, height, WIDTH, height);
	add_looks(f);
	g_string_append(f->svg, "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
	add_head(f, f->samples, subject);
	add_panel(f, FLAME_BASELINE, c->baseline->name, HEAD, panel);
	add_panel(f, FLAME_CANDIDATE, arm, HEAD + panel + PANEL_GAP, panel);
	g_string_append(f->svg, "</svg>\n");
}

static struct chart *describe(const char *stem, const char *arm, const char *baseline, const char *row)
{
	struct chart *chart = g_new0(struct chart, 1);

	chart->stem = g_strdup(stem);
	chart->title = g_strdup_printf("Flame graph: %s against %s, %s", arm, baseline, row);
	chart->caption = g_strdup_printf(
		"Callers below, what they call above, as wide as its share of the busy samples. "
		"Orange and hatched: a larger share with %s; blue and dotted: a smaller one.",
					 arm);
	return chart;
}

static bool draw_cell(const struct samples *s, const struct samples_cell *cell, unsigned int arm,
		      const char *dir, GPtrArray *ret_charts, GError **error)
{
	const struct comparison *c = s->comparison;
	const char *row = ((const struct plan_row *)c->cells->pdata[cell->cell])->name;
	g_autofree char *called = g_strdup_printf("flame-%s-%s", c->arms[arm].name, row);
	g_autofree char *name = path_file_name(called);
	g_autofree char *id = NULL;
	g_autoptr(flame_node) root = NULL;
	g_autoptr(GString) svg = g_string_new(NULL);
	g_autoptr(GString) folded = g_string_new(NULL);

	if (!cell->sides[arm].known || !cell->sides[c->baseline - c->arms].known)
		return true;
	id = titles_id(name);
	root = flame_tree_new(s, cell, arm);
	draw(&(struct flame){ .svg = svg, .id = id, .samples = s, .cell = cell, .arm = arm, .root = root },
	     c->arms[arm].name, row);
	flame_tree_fold(root, folded);
	if (!drawings_write(dir, name, ".svg", svg->str, error) ||
	    !drawings_write(dir, name, ".folded", folded->str, error))
		return false;
	if (ret_charts)
		g_ptr_array_add(ret_charts, describe(name, c->arms[arm].name, c->baseline->name, row));
	return true;
}

bool flame_draw(const struct findings *f, const char *dir, GPtrArray *ret_charts, GError **error)
{
	const struct samples *s = f->samples;

	for (unsigned int arm = 0; arm < s->comparison->arms_count; arm++) {
		for (guint i = 0; s->comparison->arms[arm].shown && !s->refused[arm] && i < s->cells->len;
		     i++) {
			if (!draw_cell(s, s->cells->pdata[i], arm, dir, ret_charts, error))
				return false;
		}
	}
	return true;
}
