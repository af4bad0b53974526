// SPDX-License-Identifier: GPL-2.0-only
#include "drawings.h"

#include <string.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/path.h"
#include "chart.h"

/* More of gnuplot at a time would take the machine from whatever else it measures. */
#define PROCESSES_MAX 2

/* Of a script: where it wants what all of them share. */
#define STYLE_LINE "load \"style.gp\"\n"

struct drawings {
	char *dir, *plots;
	GPtrArray *list;	/* struct drawing * */
	GMutex lock;		/* of what follows: drawings are drawn by several threads */
	GError *failure;	/* the first one */
};

struct drawings *drawings_new(const char *dir, GError **error)
{
	g_autofree char *gnuplot = g_find_program_in_path("gnuplot");
	struct drawings *all;

	if (!gnuplot) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
			    "gnuplot is not installed: charts need the package gnuplot-nox "
			    "(apt install gnuplot-nox)");
		return NULL;
	}
	if (!path_make_dirs(dir, error))
		return NULL;
	all = g_new0(struct drawings, 1);
	all->dir = g_strdup(dir);
	all->plots = path_data("plots");
	all->list = g_ptr_array_new_with_free_func((GDestroyNotify)drawing_free);
	g_mutex_init(&all->lock);
	return all;
}

void drawings_free(struct drawings *all)
{
	if (!all)
		return;
	g_free(all->dir);
	g_free(all->plots);
	g_ptr_array_unref(all->list);
	g_mutex_clear(&all->lock);
	g_clear_error(&all->failure);
	g_free(all);
}

static bool is_taken(const struct drawings *all, const char *name)
{
	for (guint i = 0; i < all->list->len; i++) {
		if (!strcmp(((const struct drawing *)all->list->pdata[i])->name, name))
			return true;
	}
	return false;
}

void drawings_add(struct drawings *all, struct drawing *d)
{
	g_autofree char *wanted = g_strdup(d->name);

	for (guint i = 2; is_taken(all, d->name); i++) {
		g_free(d->name);
		d->name = g_strdup_printf("%s-%u", wanted, i);
	}
	g_ptr_array_add(all->list, d);
}

/* The script with the style in it. Caller frees. */
static char *script_text(const struct drawings *all, const struct drawing *d, GError **error)
{
	g_autofree char *script = g_build_filename(all->plots, d->script, NULL);
	g_autofree char *style = g_build_filename(all->plots, "style.gp", NULL);
	g_autofree char *text = NULL, *shared = NULL;
	g_auto(GStrv) parts = NULL;

	if (!g_file_get_contents(script, &text, NULL, error) ||
	    !g_file_get_contents(style, &shared, NULL, error)) {
		g_prefix_error(error, "vmapbench is not installed as a whole: ");
		return NULL;
	}
	parts = g_strsplit(text, STYLE_LINE, 2);
	return g_strjoinv(shared, parts);
}

/* Draws the one format, then calls itself for the other: a start of gnuplot costs more than a picture. */
static char *whole_script(const struct drawings *all, const struct drawing *d, GError **error)
{
	g_autofree char *text = script_text(all, d, error);

	if (!text)
		return NULL;
	return g_strdup_printf("# `gnuplot %1$s.gp` in this folder draws %1$s.svg and %1$s.png from %1$s.dat; "
			       "it needs nothing else.\n"
			       "if (!exists(\"format\")) { format = \"svg\" }\n"
			       "stem = '%1$s'\n"
			       "%2$s\n%3$s\n"
			       "unset output\n"
			       "if (format eq \"svg\") {\n"
			       "\tformat = \"png\"\n"
			       "\treset\n"
			       "\tload stem.\".gp\"\n"
			       "}\n",
			       d->name, d->variables->str, text);
}

bool drawings_write(const char *dir, const char *name, const char *extension, const char *text, GError **error)
{
	g_autofree char *file = g_strconcat(name, extension, NULL);
	g_autofree char *path = g_build_filename(dir, file, NULL);
	g_autoptr(GError) reason = NULL;

	if (g_file_set_contents(path, text, -1, &reason))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot write a chart: %s", reason->message);
	return false;
}

static bool draw(const struct drawings *all, const struct drawing *d, GError **error)
{
	g_autofree char *script = whole_script(all, d, error);
	g_autofree char *file = g_strconcat(d->name, ".gp", NULL);
	const struct exec_opts opts = { .dir = all->dir };

	return script && drawings_write(all->dir, d->name, ".dat", d->data->str, error) &&
	       drawings_write(all->dir, d->name, ".gp", script, error) &&
	       exec_words(&opts, NULL, error, "gnuplot", file, NULL);
}

static void draw_one(gpointer one, gpointer user_data)
{
	struct drawings *all = user_data;
	g_autoptr(GError) failure = NULL;
	bool go_on;

	g_mutex_lock(&all->lock);
	go_on = !all->failure;
	g_mutex_unlock(&all->lock);
	if (!go_on || draw(all, one, &failure))
		return;
	g_mutex_lock(&all->lock);
	if (!all->failure)
		all->failure = g_steal_pointer(&failure);
	g_mutex_unlock(&all->lock);
}

static void list_charts(const struct drawings *all, GPtrArray *ret_charts)
{
	for (guint i = 0; i < all->list->len; i++) {
		const struct drawing *d = all->list->pdata[i];
		struct chart *c = g_new0(struct chart, 1);

		c->stem = g_strdup(d->name);
		c->title = g_strdup(d->title);
		c->caption = g_strdup(d->caption);
		g_ptr_array_add(ret_charts, c);
	}
}

bool drawings_draw(struct drawings *all, GPtrArray *ret_charts, GError **error)
{
	GThreadPool *pool = g_thread_pool_new(draw_one, all, PROCESSES_MAX, FALSE, NULL);

	for (guint i = 0; i < all->list->len; i++)
		g_thread_pool_push(pool, all->list->pdata[i], NULL);
	g_thread_pool_free(pool, FALSE, TRUE);
	if (all->failure) {
		g_propagate_error(error, g_steal_pointer(&all->failure));
		return false;
	}
	if (ret_charts)
		list_charts(all, ret_charts);
	return true;
}
