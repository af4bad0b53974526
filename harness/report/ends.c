// SPDX-License-Identifier: GPL-2.0-only
#include "ends.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "journal/run.h"
#include "render/html.h"
#include "render/page-html.h"

/* Of how many boots the console is shown, and how much of it. */
#define CONSOLES_MAX 20
#define CONSOLE_BYTES (16 * 1024)
#define ENDS_MAX 2000

/* What is left out is told of. */
static void add_left_out(guint all, const char *what, GString *out)
{
	if (all > ENDS_MAX)
		html_add(out,
			 "<p class=\"note\">Of %u %s these are the first %u; the others are in "
			 "journal.jsonl.</p>\n",
			 all, what, ENDS_MAX);
}

static void add_seconds(GString *out, double seconds)
{
	if (isnan(seconds))
		g_string_append(out, "<td></td>");
	else
		html_add(out, "<td class=\"number\">%.2f</td>", seconds);
}

static void add_end(const struct run_boot_end *end, GString *out)
{
	html_add(out, "<tr><th scope=\"row\">%s</th><td>%s</td><td class=\"number\">%u</td>", end->boot,
		 end->arm, end->block);
	html_open(out, "td", end->class == RUN_OK ? NULL : "failed");
	html_add(out, "%s</td><td>%s</td>", run_class_name(end->class), end->traced ? "traced" : "timed");
	add_seconds(out, end->boot_s);
	add_seconds(out, end->loads_s);
	add_seconds(out, end->shutdown_s);
	html_add(out, "<td class=\"why\">%s</td></tr>\n", end->why ? end->why : "");
}

/* @failed: those that did not end well, or all. */
static void add_table(const struct run *r, bool failed, const char *label, GString *out)
{
	static const struct page_column columns[] = {
		{ "boot", 0, true },	  { "arm", 0, true },	   { "block", 0, false },
		{ "class", 0, true },	  { "pass", 0, true },	   { "start, s", 0, false },
		{ "loads, s", 0, false }, { "end, s", 0, false }, { "why", 0, true },
	};
	guint all = 0;

	page_html_open_table(out, label, "ends");
	page_html_head(out, columns, G_N_ELEMENTS(columns));
	for (guint i = 0; i < r->ends->len; i++) {
		const struct run_boot_end *end = r->ends->pdata[i];

		if (failed && end->class == RUN_OK)
			continue;
		if (all++ < ENDS_MAX)
			add_end(end, out);
	}
	page_html_close_table(out);
	add_left_out(all, "boots", out);
}

/* Boots that have no end: vmapbench was stopped in them. */
static guint count_open(const struct run *r)
{
	guint open = 0;

	for (guint i = 0; i < r->starts->len; i++)
		open += !run_find_end(r, ((const struct run_boot_start *)r->starts->pdata[i])->boot);
	return open;
}

static void add_counts(const struct run *r, const guint *ends, GString *out)
{
	guint open = count_open(r);

	html_open(out, "p", ends[RUN_KERNEL] + ends[RUN_TEST] ? "note alarm" : "note");
	html_add(out,
		 "%u boots: %u ended well, %u by the infrastructure (these are repeated), %u by the kernel, %u "
		 "by a load",
		 r->ends->len + open, ends[RUN_OK], ends[RUN_INFRA], ends[RUN_KERNEL], ends[RUN_TEST]);
	if (open > 0)
		html_add(out, "; vmapbench was stopped in %u", open);
	g_string_append(out, ".</p>\n");
}

static void add_splats(const struct run *r, GString *out)
{
	static const struct page_column columns[] = {
		{ "boot", 0, true }, { "arm", 0, true },	    { "row", 0, true },
		{ "kind", 0, true }, { "its first line", 0, true },
	};

	page_html_open_table(out, "reports in the kernels' logs", "ends");
	page_html_head(out, columns, G_N_ELEMENTS(columns));
	for (guint i = 0; i < r->splats->len && i < ENDS_MAX; i++) {
		const struct run_splat *s = r->splats->pdata[i];

		html_add(out,
			 "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s</td>"
			 "<td class=\"why\">%s</td></tr>\n",
			 s->boot, s->arm, s->cell ? s->cell : "all", s->kind, s->text);
	}
	page_html_close_table(out);
	add_left_out(r->splats->len, "reports", out);
}

/* How many bytes at @at are an order to a terminal: firmware and loaders paint. */
static gsize count_order(const char *at, gsize left)
{
	gsize length = 2;

	if (left < 2 || at[0] != '\033' || at[1] != '[')
		return 0;
	while (length < left && (at[length] < '@' || at[length] > '~'))
		length++;
	return MIN(length + 1, left);
}

/* A serial console ends lines with two characters. */
static void add_console(const char *bytes, gsize length, GString *out)
{
	gsize at = 0;
	g_autoptr(GString) text = g_string_new(NULL);

	while (at < length) {
		gsize order = count_order(bytes + at, length - at);

		if (!order && bytes[at] != '\r')
			g_string_append_c(text, bytes[at]);
		at += MAX(order, 1);
	}
	html_bytes(out, text->str, text->len);
}

typedef FILE console_file;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(console_file, fclose)

/*
 * Reads the last CONSOLE_BYTES of a console, which may be longer than there is memory, into @bytes:
 * @ret_got of them, of @ret_length. False when it cannot be read.
 */
static bool read_end(const char *path, char *bytes, gsize *ret_got, guint64 *ret_length)
{
	g_autoptr(console_file) file = fopen(path, "re");
	off_t length;

	if (!file || fseeko(file, 0, SEEK_END))
		return false;
	length = ftello(file);
	if (length < 0 || fseeko(file, MAX(length - CONSOLE_BYTES, 0), SEEK_SET))
		return false;
	*ret_got = fread(bytes, 1, CONSOLE_BYTES, file);
	*ret_length = length;
	return !ferror(file);
}

/* The journal's word for the boot is no way out of the folder. */
static void add_tail(const struct run *r, const char *boot, GString *out)
{
	g_autofree char *name = g_strconcat(boot, ".log", NULL);
	g_autofree char *path = g_build_filename(r->dir, "console", name, NULL);
	g_autofree char *bytes = g_malloc(CONSOLE_BYTES);
	guint64 length;
	gsize got;

	if (strchr(boot, '/') || !read_end(path, bytes, &got, &length)) {
		html_add(out, "<p class=\"note\">console/%s.log is not in the run's folder.</p>\n", boot);
		return;
	}
	html_add(out,
		 "<details><summary>console of %s, %s%" G_GUINT64_FORMAT " bytes</summary>\n"
		 "<pre tabindex=\"0\">",
		 boot, length > got ? "the end of " : "", length);
	add_console(bytes, got, out);
	g_string_append(out, "</pre></details>\n");
}
static void add_tails(const struct run *r, GString *out)
{
	guint shown = 0;

	for (guint i = 0; i < r->ends->len; i++) {
		const struct run_boot_end *end = r->ends->pdata[i];

		if (end->class != RUN_OK && shown++ < CONSOLES_MAX)
			add_tail(r, end->boot, out);
	}
	if (shown > CONSOLES_MAX)
		html_add(out, "<p class=\"note\">%u more are in the folder console of the run.</p>\n",
			 shown - CONSOLES_MAX);
}

static void add_unbuilt(const struct run *r, GString *out)
{
	for (guint i = 0; i < r->unbuilt->len; i++) {
		const struct run_boot_end *end = r->unbuilt->pdata[i];

		html_add(out, "<p class=\"note alarm\">%s has no kernel:</p>\n<pre tabindex=\"0\">%s</pre>\n",
			 end->arm, end->why ? end->why : "no reason was recorded");
	}
}

void ends_add(const struct view *v, GString *out)
{
	const struct run *r = v->run;
	guint ends[RUN_TEST + 1] = { 0 };

	for (guint i = 0; i < r->ends->len; i++)
		ends[((const struct run_boot_end *)r->ends->pdata[i])->class]++;
	add_counts(r, ends, out);
	add_unbuilt(r, out);
	if (r->ends->len > ends[RUN_OK])
		add_table(r, true, "boots that did not end well", out);
	if (r->splats->len)
		add_splats(r, out);
	else
		g_string_append(out, "<p class=\"note\">No kernel reported anything (splats: none).</p>\n");
	add_tails(r, out);
	g_string_append(out, "<details><summary>every boot</summary>\n");
	add_table(r, false, "every boot", out);
	g_string_append(out, "</details>\n");
}
