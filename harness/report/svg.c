// SPDX-License-Identifier: GPL-2.0-only
#include "svg.h"

#include <string.h>

#include "base/error.h"
#include "render/html.h"

struct picture {
	GString *out;
	const char *prefix, *label;
	GHashTable *names;	/* that were given; gnuplot gives some to several panels */
	unsigned int skipping;	/* how deep in an element that is left out */
	bool begun, has_id;	/* the element that was begun last has one */
};

static const char *const elements[] = {
	"svg", "g", "defs", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text",
	"tspan", "pattern", "clipPath", "mask", "filter", "feFlood", "feComposite", "linearGradient", "stop",
	"title", NULL,
};

static const char *const attributes[] = {
	"width", "height", "viewBox", "x", "y", "dx", "dy", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry",
	"d", "points", "transform", "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width",
	"stroke-opacity", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "color", "opacity",
	"font-family", "font-size", "font-weight", "font-style", "text-anchor", "shape-rendering",
	"paint-order", "patternUnits", "clip-path", "mask", "filter", "filterUnits", "flood-color",
	"flood-opacity", "in", "in2", "result", "operator", "offset", "stop-color", NULL,
};

/* "url(#name)", and nothing behind it. */
static bool is_reference(const char *value)
{
	static const char names[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-.:";
	gsize length;

	if (!g_str_has_prefix(value, "url(#"))
		return false;
	value += strlen("url(#");
	length = strspn(value, names);
	return length && !strcmp(value + length, ")");
}

/* In the words of CSS, which has no case, and escapes for every letter. */
static bool may_load(const char *value)
{
	static const char *const words[] = { "\\", "url", "src", "image" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcasestr(value, words[i]))
			return true;
	}
	return false;
}

/* What points to something else in the picture: "#name" and "url(#name)"; nothing else is let through. */
static void add_value(const struct picture *p, const char *name, const char *value)
{
	if (is_reference(value))
		html_add(p->out, " %s=\"url(#%s%s\"", name, p->prefix, value + strlen("url(#"));
	else if (!may_load(value))
		html_add(p->out, " %s=\"%s\"", name, value);
}

/* "stroke:none; fill:red" as attributes: a page that forbids styles shows it all the same. */
static void add_style(const struct picture *p, const char *style)
{
	g_auto(GStrv) parts = g_strsplit(style, ";", -1);

	for (char **part = parts; *part; part++) {
		char *colon = strchr(*part, ':');

		if (!colon)
			continue;
		*colon = '\0';
		if (g_strv_contains(attributes, g_strstrip(*part)))
			add_value(p, *part, g_strstrip(colon + 1));
	}
}

static void add_attribute(const struct picture *p, const char *name, const char *value)
{
	bool is_name = !strcmp(name, "id");

	if (is_name && g_hash_table_add(p->names, g_strdup(value)))
		html_add(p->out, " id=\"%s%s\"", p->prefix, value);
	else if (!strcmp(name, "style"))
		add_style(p, value);
	else if ((!strcmp(name, "xlink:href") || !strcmp(name, "href")) && *value == '#')
		html_add(p->out, " href=\"#%s%s\"", p->prefix, value + 1);
	else if (g_strv_contains(attributes, name))
		add_value(p, name, value);
}

/* What is drawn has a tip that says what it is; gnuplot calls pictures and plots by their ids. */
static bool is_title_of_id(const struct picture *p, GMarkupParseContext *context, const char *name)
{
	const GSList *stack = g_markup_parse_context_get_element_stack(context);
	const char *parent = stack->next ? stack->next->data : "";

	return !strcmp(name, "title") && (p->has_id || !strcmp(parent, "svg"));
}

static void start_element(GMarkupParseContext *context, const char *name, const char **names,
			  const char **values, gpointer data, GError **error)
{
	struct picture *p = data;

	if (!p->begun && strcmp(name, "svg")) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "it begins with <%s> and not with <svg>",
			    name);
		return;
	}
	if (p->skipping || !g_strv_contains(elements, name) || is_title_of_id(p, context, name)) {
		p->skipping++;
		return;
	}
	g_string_append_printf(p->out, "<%s", name);
	p->has_id = g_strv_contains((const char *const *)names, "id");
	for (guint i = 0; names[i]; i++)
		add_attribute(p, names[i], values[i]);
	if (!p->begun)
		html_add(p->out, " role=\"img\" aria-label=\"%s\"", p->label);
	p->begun = true;
	g_string_append_c(p->out, '>');
}

static void end_element(GMarkupParseContext *context, const char *name, gpointer data, GError **error)
{
	struct picture *p = data;

	(void)context;
	(void)error;
	if (p->skipping)
		p->skipping--;
	else
		g_string_append_printf(p->out, "</%s>", name);
}

static void add_text(GMarkupParseContext *context, const char *text, gsize length, gpointer data,
		     GError **error)
{
	struct picture *p = data;

	(void)context;
	(void)error;
	/* Blanks between elements are most of gnuplot's files. */
	if (!p->skipping && strspn(text, " \t\r\n") < length)
		html_bytes(p->out, text, length);
}

bool svg_inline(const char *path, const char *prefix, const char *label, GString *out, GError **error)
{
	static const GMarkupParser parser = { .start_element = start_element,
					      .end_element = end_element,
					      .text = add_text };
	g_autoptr(GString) markup = g_string_new(NULL);
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct picture picture = { .out = markup, .prefix = prefix, .label = label, .names = names };
	g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, &picture, NULL);
	g_autoptr(GError) reason = NULL;
	g_autofree char *text = NULL;
	gsize length;

	if (g_file_get_contents(path, &text, &length, &reason) &&
	    g_markup_parse_context_parse(context, text, length, &reason) &&
	    g_markup_parse_context_end_parse(context, &reason)) {
		g_string_append_len(out, markup->str, markup->len);
		return true;
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s: no picture for the page: %s", path,
		    reason->message);
	return false;
}
