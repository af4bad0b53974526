// SPDX-License-Identifier: GPL-2.0-only
#include "apt.h"

#include <string.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/path.h"
#include "kernels/files.h"

#define SECURITY_SUITE "-security"

static bool need_apt(GError **error)
{
	g_autofree char *apt_get = g_find_program_in_path("apt-get");
	g_autofree char *dpkg = g_find_program_in_path("dpkg-deb");

	if (apt_get && dpkg)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "a Debian package needs apt-get and dpkg-deb, which this machine does not have; "
		    "git:TREE@REF, tar:FILE and dir:FOLDER work without them");
	return false;
}

/* An archive of Debian, as `apt-get indextargets` tells it from others. */
struct archive {
	const char *name;		/* for errors */
	const char *label;
	const char *second_label;	/* does as well, when nothing has the first */
	const char *path;		/* the end of its usual address */
};

static const struct archive main_archive = { "archive", "Debian", "Debian Backports", "/debian" };
static const struct archive security_archive = { "security archive", "Debian-Security", NULL,
						 "/debian-security" };

/*
 * How well a line "LABEL|URI" of `apt-get indextargets` fits. The label is missing until the machine has run
 * `apt-get update`; then the usual path has to do.
 */
static int rank_target(const struct archive *archive, const char *label, const char *uri)
{
	g_autofree char *path = g_strdup(uri);
	size_t length = strlen(path);

	if (length && path[length - 1] == '/')
		path[length - 1] = '\0';
	if (g_str_has_prefix(uri, "cdrom:"))
		return 0;
	if (!strcmp(label, archive->label))
		return 3;
	if (!g_strcmp0(label, archive->second_label))
		return 2;
	return g_str_has_prefix(label, "$(") && g_str_has_suffix(path, archive->path) ? 1 : 0;
}

static void set_mirror_error(const struct archive *archive, GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "this machine's apt knows no Debian %s (`apt-get indextargets` lists none with the label "
		    "%s); use another suite, or a source git:TREE@REF, tar:FILE or dir:FOLDER",
		    archive->name, archive->label);
}

/* The address of the Debian archive with @suite that this machine's apt uses; caller frees. */
static char *find_mirror(const char *suite, GError **error)
{
	const struct archive *archive = g_str_has_suffix(suite, SECURITY_SUITE) ? &security_archive
										: &main_archive;
	g_autofree char *out = NULL;
	g_auto(GStrv) lines = NULL;
	char *best = NULL;
	int best_rank = 0;

	if (!exec_words(NULL, &out, error, "apt-get", "indextargets", "--format", "$(LABEL)|$(REPO_URI)", NULL))
		return NULL;
	lines = g_strsplit(out, "\n", -1);
	for (char **line = lines; *line; line++) {
		g_auto(GStrv) columns = g_strsplit(*line, "|", 2);
		int rank = g_strv_length(columns) == 2 ? rank_target(archive, columns[0], columns[1]) : 0;

		if (rank <= best_rank)
			continue;
		best_rank = rank;
		g_free(best);
		best = g_strdup(columns[1]);
	}
	if (!best)
		set_mirror_error(archive, error);
	return best;
}

/* Without a keyring of Debian's the machine's trusted keys decide, as they do for apt itself. */
static const char *find_keyring(void)
{
	static const char *const keyrings[] = {
		"/usr/share/keyrings/debian-archive-keyring.gpg",
		"/usr/share/keyrings/debian-archive-keyring.pgp",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(keyrings); i++) {
		if (g_file_test(keyrings[i], G_FILE_TEST_EXISTS))
			return keyrings[i];
	}
	return NULL;
}

static bool write_sources(const struct apt *from, GError **error)
{
	g_autofree char *mirror = find_mirror(from->suite, error);
	g_autofree char *path = g_build_filename(from->dir, "suite.sources", NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	if (!mirror)
		return false;
	g_string_printf(text, "Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n", mirror, from->suite);
	if (find_keyring())
		g_string_append_printf(text, "Signed-By: %s\n", find_keyring());
	return g_file_set_contents(path, text->str, -1, error);
}

/*
 * Hooks of the machine's configuration may need root, and apt-file's index targets need files that are not
 * fetched here: both are switched off. The machine's proxies stay. With no packages installed in our state,
 * versions of the suite alone count.
 */
static bool write_conf(const struct apt *from, const char *architecture, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_printf(text,
		"#clear APT::Update::Pre-Invoke;\n#clear APT::Update::Post-Invoke;\n"
		"#clear APT::Update::Post-Invoke-Success;\n#clear Acquire::IndexTargets::deb::Contents-deb;\n"
		"Dir::State \"%1$s/state\";\nDir::State::lists \"%1$s/state/lists\";\n"
		"Dir::State::status \"%1$s/status\";\nDir::Cache \"%1$s/cache\";\n"
		"Dir::Etc::SourceList \"%1$s/suite.sources\";\nDir::Etc::SourceParts \"/dev/null\";\n"
		"Dir::Etc::Preferences \"/dev/null\";\nDir::Etc::PreferencesParts \"/dev/null\";\n"
		"APT::Sandbox::User \"root\";\nAPT::Update::Error-Mode \"any\";\n"
		"Acquire::Languages \"none\";\nAcquire::Retries \"3\";\n"
		"Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled \"false\";\n", from->dir);
	if (architecture)
		g_string_append_printf(text, "#clear APT::Architectures;\nAPT::Architecture \"%1$s\";\n"
				       "APT::Architectures { \"%1$s\"; };\n", architecture);
	return g_file_set_contents(from->conf, text->str, -1, error);
}

static bool make_apt_dirs(const struct apt *from, GError **error)
{
	static const char *const dirs[] = { "state/lists/partial", "cache/archives/partial" };
	g_autofree char *status = g_build_filename(from->dir, "status", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(dirs); i++) {
		g_autofree char *path = g_build_filename(from->dir, dirs[i], NULL);

		if (!path_make_dirs(path, error))
			return false;
	}
	return g_file_set_contents(status, "", 0, error);
}

static bool update_lists(const struct apt *from, GError **error)
{
	g_autoptr(GError) reason = NULL;

	if (exec_words(NULL, NULL, &reason, "apt-get", "-q", "-c", from->conf, "update", NULL))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "cannot read the package list of suite %s from this machine's Debian mirror (sources "
		    "git:TREE@REF, tar:FILE and dir:FOLDER need no network): %s", from->suite, reason->message);
	return false;
}

struct apt *apt_open(const char *parent, const char *suite, const char *architecture, GError **error)
{
	g_autoptr(apt) from = NULL;

	if (!need_apt(error))
		return NULL;
	from = g_new0(struct apt, 1);
	from->suite = g_strdup(suite);
	from->dir = g_build_filename(parent, "apt", NULL);
	from->conf = g_build_filename(from->dir, "apt.conf", NULL);
	if (!make_apt_dirs(from, error) || !write_sources(from, error) ||
	    !write_conf(from, architecture, error) || !update_lists(from, error))
		return NULL;
	return g_steal_pointer(&from);
}

void apt_close(struct apt *from)
{
	if (!from)
		return;
	path_remove_tree(from->dir, NULL);
	g_free(from->suite);
	g_free(from->dir);
	g_free(from->conf);
	g_free(from);
}

/* The value of "FIELD: value" in the first stanza of @text; NULL when it has none. Caller frees. */
static char *stanza_value(const char *text, const char *field)
{
	g_autofree char *pattern = g_strdup_printf("\\A(?:.+\\n)*?%s: (.*)$", field);
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	return g_regex_match(regex, text, 0, &match) ? g_match_info_fetch(match, 1) : NULL;
}

/* Those of the suite that begin with @family, sorted, as one text. NULL with @error. Caller frees. */
static char *list_family(const struct apt *from, const char *family, bool (*is_shown)(const char *name),
			 GError **error)
{
	g_autoptr(GPtrArray) shown = g_ptr_array_new();
	g_autofree char *out = NULL;
	g_auto(GStrv) names = NULL;

	if (!exec_words(NULL, &out, error, "apt-cache", "-c", from->conf, "pkgnames", family, NULL))
		return NULL;
	names = g_strsplit(g_strstrip(out), "\n", -1);
	for (char **name = names; *name; name++) {
		if (**name && (!is_shown || is_shown(*name)))
			g_ptr_array_add(shown, *name);
	}
	g_ptr_array_sort(shown, files_compare);
	g_ptr_array_add(shown, NULL);
	return g_strjoinv(", ", (char **)shown->pdata);
}

struct apt_package *apt_find(const struct apt *from, const char *name, const char *family,
			     bool (*is_shown)(const char *name), const char *advice, GError **error)
{
	g_autoptr(apt_package) package = g_new0(struct apt_package, 1);
	g_autofree char *out = NULL;

	if (!exec_words(NULL, &out, NULL, "apt-cache", "-c", from->conf, "--no-all-versions", "show", name,
			NULL)) {
		g_autofree char *list = list_family(from, family, is_shown, error);

		if (list)
			g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
				    "suite %s of this machine's Debian mirror has no package %s; it has %s%s. "
				    "Use %s",
				    from->suite, name, *list ? list : "nothing that begins with ",
				    *list ? "" : family, advice);
		return NULL;
	}
	package->name = g_strdup(name);
	package->version = stanza_value(out, "Version");
	package->sha256 = stanza_value(out, "SHA256");
	package->depends = stanza_value(out, "Depends");
	if (!package->depends)
		package->depends = g_strdup("");
	if (package->version && package->sha256)
		return g_steal_pointer(&package);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "package %s of suite %s: apt does not tell its version and SHA256", name, from->suite);
	return NULL;
}

void apt_package_free(struct apt_package *package)
{
	if (!package)
		return;
	g_free(package->name);
	g_free(package->version);
	g_free(package->sha256);
	g_free(package->depends);
	g_free(package);
}

char *apt_find_file(const char *dir, const char *pattern, GError **error)
{
	g_autoptr(GDir) entries = g_dir_open(dir, 0, error);
	const char *name;

	while (entries && (name = g_dir_read_name(entries))) {
		if (g_pattern_match_simple(pattern, name))
			return g_build_filename(dir, name, NULL);
	}
	if (entries)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s: there is no %s in it", dir, pattern);
	return NULL;
}

char *apt_download(const struct apt *from, const struct apt_package *package, const char *into, GError **error)
{
	g_autofree char *wanted = g_strconcat(package->name, "=", package->version, NULL);
	const struct exec_opts opts = { .dir = into };

	if (!path_make_dirs(into, error) ||
	    !exec_words(&opts, NULL, error, "apt-get", "-q", "-c", from->conf, "download", wanted, NULL))
		return NULL;
	return apt_find_file(into, "*.deb", error);
}

char *apt_first_dependency(const char *depends, const char *prefix)
{
	g_auto(GStrv) clauses = g_strsplit_set(depends, ",|", -1);

	for (char **clause = clauses; *clause; clause++) {
		char *name = g_strstrip(*clause);

		name[strcspn(name, " \t\n:([<")] = '\0';
		if (g_str_has_prefix(name, prefix))
			return g_strdup(name);
	}
	return NULL;
}
