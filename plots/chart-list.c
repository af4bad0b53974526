// SPDX-License-Identifier: GPL-2.0-only
#include "chart.h"

static void chart_free(gpointer data)
{
	struct chart *c = data;

	g_free(c->stem);
	g_free(c->title);
	g_free(c->caption);
	g_free(c);
}

GPtrArray *chart_list_new(void)
{
	return g_ptr_array_new_with_free_func(chart_free);
}
