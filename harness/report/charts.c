// SPDX-License-Identifier: GPL-2.0-only
#include "charts.h"

#include "plots/chart.h"
#include "render/html.h"
#include "svg.h"

static void add_chart(const struct view *v, const struct chart *c, guint number, GString *out)
{
	g_autofree char *file = g_strconcat(c->stem, ".svg", NULL);
	g_autofree char *path = g_build_filename(v->folder, file, NULL);
	g_autofree char *prefix = g_strdup_printf("%sc%u-", v->prefix, number);
	g_autoptr(GError) error = NULL;

	html_add(out, "<figure>\n<h4>%s</h4>\n", c->title);
	html_add(out, "<div class=\"chart\" tabindex=\"0\" role=\"region\" aria-label=\"chart: %s\">",
		 c->title);
	if (!svg_inline(path, prefix, c->title, out, &error))
		html_element(out, "p class=\"note alarm\"", error->message);
	html_add(out, "</div>\n<figcaption>%s</figcaption>\n</figure>\n", c->caption);
}

void charts_add(const struct view *v, GString *out)
{
	if (v->lacks)
		html_add(out, "<p class=\"note alarm\">NO CHARTS: %s</p>\n", v->lacks);
	for (guint i = 0; v->charts && i < v->charts->len; i++)
		add_chart(v, v->charts->pdata[i], i, out);
}
