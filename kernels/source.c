// SPDX-License-Identifier: GPL-2.0-only
#include "source.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/path.h"
#include "kernels/files.h"

/* A fetched source takes 1.8 GiB unpacked (7.3), and its package and tarball 0.3 GiB on the way. */
#define FETCH_BYTES (5ULL << 29)

/* The forms of a source string, by prefix. */
static const struct form {
	const char *prefix;
	const char *no_at;	/* what is wrong without a part behind @, NULL: there is no such part */
	const char *default_at;	/* what it then is; NULL: it has to be there */
	const char *debian;	/* names of Debian's: the package begins so; NULL: other names */
	json_t *(*fetch)(const struct source_name *name, const char *into, GError **error);
} forms[] = {
	[SOURCE_DEB] = { "deb:", "the suite is missing", NULL, "", source_debian_fetch },
	[SOURCE_GIT] = { "git:", "the ref (a branch, tag or commit) is missing", NULL, NULL, source_git_fetch },
	[SOURCE_TAR] = { "tar:", NULL, NULL, NULL, source_tar_fetch },
	[SOURCE_DIR] = { "dir:", NULL, NULL, NULL, source_dir_fetch },
	[SOURCE_IMAGE] = { "image:", "the suite is missing", IMAGE_DEFAULT_SUITE, IMAGE_PREFIX, NULL },
};

static struct source_name *new_name(enum source_kind kind, char *what, char *at)
{
	struct source_name *name = g_new0(struct source_name, 1);

	name->kind = kind;
	name->what = what;
	name->at = at;
	name->text = g_strconcat(forms[kind].prefix, what, at ? "@" : "", at ? at : "", NULL);
	return name;
}

static struct source_name *name_usage_error(const char *text, const char *why, GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "source \"%s\": %s; a source is linux-V.P (Debian's package of that version in "
		    SOURCE_DEFAULT_SUITE "), deb:PACKAGE@SUITE, git:TREE@REF, tar:FILE or dir:FOLDER; "
		    "image:" IMAGE_PREFIX "NAME@SUITE is a kernel that is built already",
		    text, why);
	return NULL;
}

/* Package and suite names go to apt as words of their own, so that only what Debian allows in them may pass. */
static bool is_debian_name(const char *text)
{
	return g_ascii_isalnum(*text) && text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789+-.")] == '\0';
}

static bool is_debian_package(const char *text, const char *prefix)
{
	return is_debian_name(text) && g_str_has_prefix(text, prefix) && text[strlen(prefix)];
}

static struct source_name *parse_form(enum source_kind kind, const char *text, GError **error)
{
	const struct form *form = &forms[kind];
	const char *rest = text + strlen(form->prefix);
	const char *mark = form->no_at ? strrchr(rest, '@') : NULL;
	const char *at = mark ? mark + 1 : form->default_at;
	g_autofree char *what = mark ? g_strndup(rest, mark - rest) : g_strdup(rest);

	if (!*what)
		return name_usage_error(text, "nothing follows the colon", error);
	if (form->no_at && (!at || !*at))
		return name_usage_error(text, form->no_at, error);
	if (form->debian && (!is_debian_package(what, form->debian) || !is_debian_name(at)))
		return name_usage_error(text, "this cannot be the name of such a package and its suite", error);
	return new_name(kind, g_steal_pointer(&what), g_strdup(at));
}

static bool is_version(const char *text)
{
	return g_regex_match_simple("^[0-9]+\\.[0-9]+$", text, G_REGEX_DOLLAR_ENDONLY, 0);
}

struct source_name *source_name_parse(const char *text, GError **error)
{
	if (!g_utf8_validate(text, -1, NULL)) {
		g_autofree char *readable = g_utf8_make_valid(text, -1);

		return name_usage_error(readable, "its name is not UTF-8 and cannot be recorded; rename it",
					error);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
		if (g_str_has_prefix(text, forms[i].prefix))
			return parse_form(i, text, error);
	}
	if (g_str_has_prefix(text, "linux-") && is_version(text + strlen("linux-")))
		return new_name(SOURCE_DEB, g_strconcat("linux-source-", text + strlen("linux-"), NULL),
				g_strdup(SOURCE_DEFAULT_SUITE));
	return name_usage_error(text, "this form is not known", error);
}

void source_name_free(struct source_name *name)
{
	if (!name)
		return;
	g_free(name->what);
	g_free(name->at);
	g_free(name->text);
	g_free(name);
}

void source_free(struct source *s)
{
	if (!s)
		return;
	g_free(s->dir);
	g_free(s->tree);
	g_free(s->digest);
	g_free(s->version);
	g_free(s->base);
	g_free(s->release);
	g_free(s->kind);
	json_decref(s->json);
	g_free(s);
}

/* The value of "NAME = value" in the head of the kernel's top Makefile; "" when it has none. Caller frees. */
static char *makefile_value(const char *text, const char *name)
{
	g_autofree char *pattern = g_strdup_printf("^%s[ \\t]*=[ \\t]*([^ \\t\\n#]*)", name);
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	return g_regex_match(regex, text, 0, &match) ? g_match_info_fetch(match, 1) : g_strdup("");
}

/* Fills in base and release from the tree's Makefile. */
static bool read_version(const char *tree, json_t *json, GError **error)
{
	g_autofree char *path = g_build_filename(tree, "Makefile", NULL);
	g_autofree char *text = NULL;
	g_autofree char *version = NULL, *patchlevel = NULL, *sublevel = NULL, *extra = NULL;
	g_autofree char *base = NULL, *release = NULL;

	if (g_file_get_contents(path, &text, NULL, NULL) && g_utf8_validate(text, -1, NULL)) {
		version = makefile_value(text, "VERSION");
		patchlevel = makefile_value(text, "PATCHLEVEL");
		sublevel = makefile_value(text, "SUBLEVEL");
		extra = makefile_value(text, "EXTRAVERSION");
		base = g_strdup_printf("%s.%s", version, patchlevel);
	}
	if (!base || !is_version(base)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "this is not a Linux source tree: it has no Makefile with VERSION and PATCHLEVEL");
		return false;
	}
	release = g_strdup_printf("%s%s%s%s", base, *sublevel ? "." : "", sublevel, extra);
	json_object_set_new(json, "base", json_string(base));
	json_object_set_new(json, "release", json_string(release));
	return true;
}

/* The kernel's Makefile refuses to build elsewhere from a tree that was built in place. */
static bool check_clean(const char *tree, GError **error)
{
	static const char *const marks[] = { ".config", "include/config", "arch/x86/include/generated",
					     "arch/arm64/include/generated" };

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		g_autofree char *path = g_build_filename(tree, marks[i], NULL);

		if (!g_file_test(path, G_FILE_TEST_EXISTS))
			continue;
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "a kernel was built in this tree (it has %s); run `make mrproper` in it", marks[i]);
		return false;
	}
	return true;
}

/* Puts a source.json read from the cache into a struct; NULL when it lacks something. */
static struct source *source_from_json(const char *dir, json_t *json)
{
	g_autoptr(source) s = g_new0(struct source, 1);

	s->json = json_incref(json);
	s->dir = g_strdup(dir);
	s->tree = g_build_filename(dir, "tree", NULL);
	s->digest = g_strdup(json_text(json, "digest"));
	s->version = g_strdup(json_text(json, "version"));
	s->base = g_strdup(json_text(json, "base"));
	s->release = g_strdup(json_text(json, "release"));
	s->kind = g_strdup(json_text(json, "kind"));
	return s->digest && s->version && s->base && s->release && s->kind ? g_steal_pointer(&s) : NULL;
}

static struct source *open_cached(const char *dir)
{
	g_autofree char *path = g_build_filename(dir, "source.json", NULL);
	g_autojson json = json_file_read(path, NULL);
	struct source *s = json ? source_from_json(dir, json) : NULL;

	if (s)
		s->from_cache = true;
	return s;
}

static bool has_name(const struct source *s, const char *name)
{
	const json_t *names = json_object_get(s->json, "names");
	const json_t *value;
	size_t i;

	json_array_foreach(names, i, value) {
		if (!g_strcmp0(json_string_value(value), name))
			return true;
	}
	return false;
}

/* A package in the cache by its name: its digest cannot be known without asking the archive. */
static struct source *find_by_name(const char *sources, const char *name)
{
	g_autoptr(GDir) entries = g_dir_open(sources, 0, NULL);
	const char *entry;

	while (entries && (entry = g_dir_read_name(entries))) {
		g_autofree char *dir = g_build_filename(sources, entry, NULL);
		g_autoptr(source) s = g_str_has_prefix(entry, "tmp-") ? NULL : open_cached(dir);

		if (s && has_name(s, name))
			return g_steal_pointer(&s);
	}
	return NULL;
}

/* What the cache has for @name; NULL without @error when it has nothing. */
static struct source *find_cached(const char *sources, const struct source_name *name, GError **error)
{
	g_autofree char *digest = NULL;
	g_autofree char *dir = NULL;

	if (name->kind == SOURCE_DEB)
		return find_by_name(sources, name->text);
	digest = source_local_digest(name, error);
	if (!digest)
		return NULL;
	dir = g_build_filename(sources, digest, NULL);
	return open_cached(dir);
}

/* Adds @name to those of the source in @dir; another name may have brought the same content before. */
static struct source *open_published(const char *dir, const struct source_name *name, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "source.json", NULL);
	g_autoptr(source) s = open_cached(dir);

	if (!s) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
			    "%s: this part of the cache is damaged; remove it", dir);
		return NULL;
	}
	s->from_cache = false;
	if (has_name(s, name->text))
		return g_steal_pointer(&s);
	json_array_append_new(json_object_get(s->json, "names"), json_string(name->text));
	return json_file_write(path, s->json, error) ? g_steal_pointer(&s) : NULL;
}

static bool describe_tree(const char *dir, const struct source_name *name, json_t *json, GError **error)
{
	g_autofree char *tree = g_build_filename(dir, "tree", NULL);
	g_autofree char *path = g_build_filename(dir, "source.json", NULL);
	g_autofree char *kind = g_strndup(forms[name->kind].prefix, strlen(forms[name->kind].prefix) - 1);

	if (!read_version(tree, json, error) || !check_clean(tree, error)) {
		g_prefix_error(error, "source %s: ", name->text);
		return false;
	}
	json_object_set_new(json, "kind", json_string(kind));
	json_object_set_new(json, "names", json_pack("[s]", name->text));
	return json_file_write(path, json, error);
}

static struct source *fetch_into(const char *sources, const char *temp, const struct source_name *name,
				 GError **error)
{
	g_autojson json = forms[name->kind].fetch(name, temp, error);
	g_autofree char *dir = NULL;

	if (!json || !describe_tree(temp, name, json, error))
		return NULL;
	dir = g_build_filename(sources, json_text(json, "digest"), NULL);
	return files_publish(temp, dir, error) ? open_published(dir, name, error) : NULL;
}

static struct source *fetch(const char *sources, const struct source_name *name, GError **error)
{
	g_autofree char *temp = NULL;
	struct source *s;

	if (!files_check_space(sources, FETCH_BYTES, "unpacking a kernel source", error))
		return NULL;
	files_sweep(sources);
	temp = files_make_temp(sources, error);
	if (!temp)
		return NULL;
	s = fetch_into(sources, temp, name, error);
	path_remove_tree(temp, NULL);
	return s;
}

struct source *source_open(const char *text, GError **error)
{
	g_autoptr(source_name) name = source_name_parse(text, error);
	g_autofree char *sources = path_cache("sources");
	g_autofree char *lock_path = path_cache("sources.lock");
	g_autoptr(GError) reason = NULL;
	files_autolock lock = name ? files_lock(lock_path, "another fetch of a kernel source", error) : -1;
	struct source *s;

	if (lock < 0)
		return NULL;
	if (name->kind == SOURCE_IMAGE) {
		name_usage_error(text, "there is no source in such a package", error);
		return NULL;
	}
	s = find_cached(sources, name, &reason);
	if (s)
		return s;
	if (reason) {
		g_propagate_error(error, g_steal_pointer(&reason));
		return NULL;
	}
	return fetch(sources, name, error);
}
