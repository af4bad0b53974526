// SPDX-License-Identifier: GPL-2.0-only
#include "series.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "kernels/files.h"
#include "kernels/git.h"

/* A series while it is applied. */
struct application {
	struct series *s;
	const char *tree;
	GHashTable *known;	/* file -> patch that touched it last; owned strings */
};

static bool set_patch_error(GError **error, const char *patch, const char *what)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s: %s", patch, what);
	return false;
}

/*
 * git with an enclosing repository out of sight: `git apply` inside one would silently leave out files that are
 * not below the current folder.
 */
static bool run_git_apply(const char *dir, const char *option, const char *patch, char **ret_out,
			  GError **error)
{
	g_autofree char *parent = g_path_get_dirname(dir);
	g_autofree char *ceiling = g_strconcat("GIT_CEILING_DIRECTORIES=", parent, NULL);
	const char *const env[] = { ceiling, "LC_ALL=C", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
				    NULL };

	return git_run(dir, env, ret_out, error, "-c", "core.quotePath=false", "apply", "--whitespace=nowarn",
		       option, patch, NULL);
}

/* A path that git would refuse as well; told apart so that the sentence can say what is wrong with it. */
static bool is_inside(const char *path)
{
	g_auto(GStrv) parts = g_strsplit(path, "/", -1);

	return *path && g_utf8_validate(path, -1, NULL) && *path != '/' && *path != '"' &&
	       !g_strv_contains((const char *const *)parts, "..") &&
	       !g_strv_contains((const char *const *)parts, ".git");
}

static bool add_touched(GPtrArray *files, const char *patch, const char *path, GError **error)
{
	g_autofree char *readable = g_utf8_make_valid(path, -1);

	if (!is_inside(path)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s: it changes \"%s\", which is not a plain path (in UTF-8) inside the kernel "
			    "tree",
			    patch, readable);
		return false;
	}
	g_ptr_array_add(files, g_strdup(path));
	return true;
}

/* "3\t1\tmm/vmalloc.c", one line per file. */
static bool parse_numstat(const char *text, const char *patch, GPtrArray *files, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		g_auto(GStrv) columns = g_strsplit(*line, "\t", 3);

		if (g_strv_length(columns) == 3 && !add_touched(files, patch, columns[2], error))
			return false;
	}
	return true;
}

/* numstat names only the new file of a rename or copy. */
static bool parse_old_names(const char *text, const char *patch, GPtrArray *files, GError **error)
{
	static const char *const prefixes[] = { "rename from ", "copy from " };
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
			if (g_str_has_prefix(*line, prefixes[i]) &&
			    !add_touched(files, patch, g_strchomp(*line + strlen(prefixes[i])), error))
				return false;
		}
	}
	return true;
}

static bool read_patch(const char *patch, char **ret_text, GError **error)
{
	g_autoptr(GError) reason = NULL;
	gsize length;

	if (!g_file_get_contents(patch, ret_text, &length, &reason))
		return set_patch_error(error, patch, reason->message);
	if (strspn(*ret_text, " \t\r\n") == length)
		return set_patch_error(error, patch, "this patch is empty; remove it from the series");
	return true;
}

/* Files that @patch touches, or NULL. */
static GPtrArray *list_touched(const struct application *a, const char *patch, const char *text, GError **error)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) reason = NULL;
	g_autofree char *numstat = NULL;

	if (!run_git_apply(a->s->stage, "--numstat", patch, &numstat, &reason)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s: git cannot read it as a patch: %s",
			    patch, reason->message);
		return NULL;
	}
	if (!parse_numstat(numstat, patch, files, error) || !parse_old_names(text, patch, files, error))
		return NULL;
	if (files->len)
		return g_steal_pointer(&files);
	set_patch_error(error, patch, "there is no change of a file in this patch; remove it from the series");
	return NULL;
}

/* "--- a/mm/vmalloc.c", "--- mm/vmalloc.c\tdate" or "+++ b/...": whether it names @file. */
static bool header_names(const char *line, const char *file)
{
	const char *name = line + strlen("--- ");
	const char *slash = strchr(name, '/');
	size_t length = strlen(file);

	if (!strncmp(name, file, length) && strchr("\t\r\n", name[length]))
		return true;
	return slash && !strncmp(slash + 1, file, length) && strchr("\t\r\n", slash[1 + length]);
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

/* The lines that the hunk header @line ("@@ -3,7 +3,9 @@") says its body has on the old and on the new side. */
static bool parse_hunk_header(const char *line, unsigned long *ret_start, unsigned long *ret_old,
			      unsigned long *ret_new)
{
	char *end;

	if (!g_str_has_prefix(line, "@@ -"))
		return false;
	*ret_start = strtoul(line + 4, &end, 10);
	*ret_old = *end == ',' ? strtoul(end + 1, &end, 10) : 1;
	if (!g_str_has_prefix(end, " +"))
		return false;
	strtoul(end + 2, &end, 10);
	*ret_new = *end == ',' ? strtoul(end + 1, &end, 10) : 1;
	return g_str_has_prefix(end, " @@");
}

/* Skips a hunk's body by its counts, so that removed lines that look like headers are not taken for some. */
static const char *skip_body(const char *line, unsigned long old_lines, unsigned long new_lines,
			     unsigned int *number)
{
	for (; *line && (old_lines || new_lines); line = next_line(line), ++*number) {
		if (*line != '+' && *line != '\\' && old_lines)
			old_lines--;
		if (*line != '-' && *line != '\\' && new_lines)
			new_lines--;
	}
	return line;
}

bool series_find_hunk(const char *text, const char *file, unsigned long old_line, unsigned int *ret_hunk,
		      unsigned int *ret_line)
{
	unsigned long start, old_lines, new_lines;
	unsigned int number = 1, hunk = 0;
	bool wanted = false;

	for (const char *line = text; *line;) {
		const char *after = next_line(line);

		if (g_str_has_prefix(line, "--- ")) {
			wanted = header_names(line, file);
			hunk = 0;
		} else if (g_str_has_prefix(line, "+++ ")) {
			wanted = wanted || header_names(line, file);
		} else if (parse_hunk_header(line, &start, &old_lines, &new_lines)) {
			hunk++;
			if (wanted && start == old_line) {
				*ret_hunk = hunk;
				*ret_line = number;
				return true;
			}
			number++;
			line = skip_body(after, old_lines, new_lines, &number);
			continue;
		}
		number++;
		line = after;
	}
	return false;
}

/* ", which 0001-a.patch of the series changed before" or nothing. */
static char *blame_earlier(const struct application *a, const char *file)
{
	const char *earlier = g_hash_table_lookup(a->known, file);
	g_autofree char *name = earlier && *earlier ? g_path_get_basename(earlier) : NULL;

	return name ? g_strdup_printf(", which %s of the series has changed before", name) : g_strdup("");
}

/* Turns git's "error: patch failed: FILE:LINE" into a sentence; false when there is no such line in @output. */
static bool explain_failed_hunk(const struct application *a, const char *patch, const char *text,
				const char *output, GError **error)
{
	g_autoptr(GRegex) regex =
		g_regex_new("error: patch failed: (.+):([0-9]+)$", G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autofree char *file = NULL;
	g_autofree char *line = NULL;
	g_autofree char *earlier = NULL;
	unsigned int hunk, number;

	if (!g_regex_match(regex, output, 0, &match))
		return false;
	file = g_match_info_fetch(match, 1);
	line = g_match_info_fetch(match, 2);
	earlier = blame_earlier(a, file);
	if (!series_find_hunk(text, file, strtoul(line, NULL, 10), &hunk, &number))
		return false;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s:%u: hunk %u of %s does not apply%s: its context lines are not in the file (expected "
		    "around line %s). Rebase the patch onto this source",
		    patch, number, hunk, file, earlier, line);
	return true;
}

static bool apply_patch(const struct application *a, const char *patch, const char *text, GError **error)
{
	g_autoptr(GError) reason = NULL;

	if (run_git_apply(a->s->stage, "-p1", patch, NULL, &reason))
		return true;
	if (!explain_failed_hunk(a, patch, text, reason->message, error))
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s: it does not apply to this source: %s",
			    patch, reason->message);
	return false;
}

bool series_stage_file(struct series *s, const char *tree, const char *path, GError **error)
{
	g_autofree char *from = g_build_filename(tree, path, NULL);
	g_autofree char *to = g_build_filename(s->stage, path, NULL);

	if (g_ptr_array_find_with_equal_func(s->touched, path, g_str_equal, NULL))
		return true;
	g_ptr_array_add(s->touched, g_strdup(path));
	return files_make_equal(from, to, error);
}

static bool apply_one(struct application *a, const char *patch, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GPtrArray) files = NULL;

	if (!read_patch(patch, &text, error))
		return false;
	files = list_touched(a, patch, text, error);
	for (guint i = 0; files && i < files->len; i++) {
		if (!series_stage_file(a->s, a->tree, files->pdata[i], error))
			return false;
	}
	if (!files || !apply_patch(a, patch, text, error))
		return false;
	for (guint i = 0; i < files->len; i++)
		g_hash_table_insert(a->known, g_strdup(files->pdata[i]), g_strdup(patch));
	return true;
}

struct series *series_apply(const char *tree, const char *const *patches, unsigned int count,
			    const char *parent, GError **error)
{
	g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(series) s = g_new0(struct series, 1);
	struct application a = { .s = s, .tree = tree, .known = known };

	s->touched = g_ptr_array_new_with_free_func(g_free);
	s->stage = files_make_temp(parent, error);
	if (!s->stage)
		return NULL;
	for (unsigned int i = 0; i < count; i++) {
		if (!apply_one(&a, patches[i], error))
			return NULL;
	}
	g_ptr_array_sort(s->touched, files_compare);
	return g_steal_pointer(&s);
}

bool series_copy_out(const struct series *s, const char *tree, GPtrArray *touched, const char *work,
		     GError **error)
{
	for (guint i = 0; i < touched->len; i++) {
		const char *path = touched->pdata[i];
		bool staged = g_ptr_array_find_with_equal_func(s->touched, path, g_str_equal, NULL);
		g_autofree char *from = g_build_filename(staged ? s->stage : tree, path, NULL);
		g_autofree char *to = g_build_filename(work, path, NULL);

		if (!files_make_equal(from, to, error))
			return false;
	}
	return true;
}

void series_free(struct series *s)
{
	if (!s)
		return;
	if (s->stage)
		path_remove_tree(s->stage, NULL);
	g_free(s->stage);
	g_ptr_array_unref(s->touched);
	g_free(s);
}
