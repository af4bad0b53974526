// SPDX-License-Identifier: GPL-2.0-only
#include "source.h"

#include <string.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/json.h"
#include "base/path.h"
#include "base/progress.h"
#include "kernels/files.h"
#include "kernels/unpack.h"

/* An apt of our own: it knows one suite of the machine's Debian mirror and writes only below its folder. */
struct private_apt {
	const char *suite;
	char *dir;
	char *conf;		/* apt.conf that points everything there */
};

/* What is known of a package before it is downloaded. */
struct package {
	char *version;
	char *sha256;
};

static void free_package(struct package *package)
{
	g_free(package->version);
	g_free(package->sha256);
}

static bool need_apt(GError **error)
{
	g_autofree char *apt = g_find_program_in_path("apt-get");
	g_autofree char *dpkg = g_find_program_in_path("dpkg-deb");

	if (apt && dpkg)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "a linux-source package needs apt-get and dpkg-deb, which this machine does not have; "
		    "git:TREE@REF, tar:FILE and dir:FOLDER work without them");
	return false;
}

/*
 * How well a line "LABEL|URI" of `apt-get indextargets` fits: the label tells Debian's own archive from its
 * security archive and from others'. It is missing until the machine has run `apt-get update`; then the usual
 * path has to do.
 */
static int rank_target(const char *label, const char *uri)
{
	g_autofree char *path = g_strdup(uri);
	size_t length = strlen(path);

	if (length && path[length - 1] == '/')
		path[length - 1] = '\0';
	if (g_str_has_prefix(uri, "cdrom:"))
		return 0;
	if (!strcmp(label, "Debian"))
		return 3;
	if (!strcmp(label, "Debian Backports"))
		return 2;
	return g_str_has_prefix(label, "$(") && g_str_has_suffix(path, "/debian") ? 1 : 0;
}

/* The address of the Debian archive that this machine's apt uses; caller frees. */
static char *find_mirror(GError **error)
{
	g_autofree char *out = NULL;
	g_auto(GStrv) lines = NULL;
	char *best = NULL;
	int best_rank = 0;

	if (!exec_words(NULL, &out, error, "apt-get", "indextargets", "--format", "$(LABEL)|$(REPO_URI)", NULL))
		return NULL;
	lines = g_strsplit(out, "\n", -1);
	for (char **line = lines; *line; line++) {
		g_auto(GStrv) columns = g_strsplit(*line, "|", 2);
		int rank = g_strv_length(columns) == 2 ? rank_target(columns[0], columns[1]) : 0;

		if (rank <= best_rank)
			continue;
		best_rank = rank;
		g_free(best);
		best = g_strdup(columns[1]);
	}
	if (!best)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
			    "this machine's apt knows no Debian archive (`apt-get indextargets` lists none "
			    "with the label Debian); use a source git:TREE@REF, tar:FILE or dir:FOLDER");
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

static bool write_sources(const struct private_apt *apt, GError **error)
{
	g_autofree char *mirror = find_mirror(error);
	g_autofree char *path = g_build_filename(apt->dir, "suite.sources", NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	if (!mirror)
		return false;
	g_string_printf(text, "Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n", mirror, apt->suite);
	if (find_keyring())
		g_string_append_printf(text, "Signed-By: %s\n", find_keyring());
	return g_file_set_contents(path, text->str, -1, error);
}

/*
 * Hooks of the machine's configuration may need root, and apt-file's index targets need files that are not
 * fetched here: both are switched off. The machine's proxies stay. With no packages installed in our state,
 * versions of the suite alone count.
 */
static bool write_conf(const struct private_apt *apt, GError **error)
{
	g_autofree char *text = g_strdup_printf(
		"#clear APT::Update::Pre-Invoke;\n#clear APT::Update::Post-Invoke;\n"
		"#clear APT::Update::Post-Invoke-Success;\n#clear Acquire::IndexTargets::deb::Contents-deb;\n"
		"Dir::State \"%1$s/state\";\nDir::State::lists \"%1$s/state/lists\";\n"
		"Dir::State::status \"%1$s/status\";\nDir::Cache \"%1$s/cache\";\n"
		"Dir::Etc::SourceList \"%1$s/suite.sources\";\nDir::Etc::SourceParts \"/dev/null\";\n"
		"Dir::Etc::Preferences \"/dev/null\";\nDir::Etc::PreferencesParts \"/dev/null\";\n"
		"APT::Sandbox::User \"root\";\nAPT::Update::Error-Mode \"any\";\n"
		"Acquire::Languages \"none\";\nAcquire::Retries \"3\";\n"
		"Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled \"false\";\n", apt->dir);

	return g_file_set_contents(apt->conf, text, -1, error);
}

static bool make_apt_dirs(const struct private_apt *apt, GError **error)
{
	static const char *const dirs[] = { "state/lists/partial", "cache/archives/partial" };
	g_autofree char *status = g_build_filename(apt->dir, "status", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(dirs); i++) {
		g_autofree char *path = g_build_filename(apt->dir, dirs[i], NULL);

		if (!path_make_dirs(path, error))
			return false;
	}
	return g_file_set_contents(status, "", 0, error);
}

static bool update_lists(const struct private_apt *apt, GError **error)
{
	g_autoptr(GError) reason = NULL;

	if (exec_words(NULL, NULL, &reason, "apt-get", "-q", "-c", apt->conf, "update", NULL))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "cannot read the package list of suite %s from this machine's Debian mirror (sources "
		    "git:TREE@REF, tar:FILE and dir:FOLDER need no network): %s", apt->suite, reason->message);
	return false;
}

static bool set_up_apt(const struct private_apt *apt, GError **error)
{
	return make_apt_dirs(apt, error) && write_sources(apt, error) && write_conf(apt, error) &&
	       update_lists(apt, error);
}

/* The value of "FIELD: value" in the first stanza of @text; NULL when it has none. Caller frees. */
static char *stanza_value(const char *text, const char *field)
{
	g_autofree char *pattern = g_strdup_printf("^%s: (.*)$", field);
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	return g_regex_match(regex, text, 0, &match) ? g_match_info_fetch(match, 1) : NULL;
}

static void set_missing_error(const struct private_apt *apt, const char *package, GError **error)
{
	g_autofree char *out = NULL;
	g_autofree char *list = NULL;
	g_auto(GStrv) names = NULL;

	if (!exec_words(NULL, &out, error, "apt-cache", "-c", apt->conf, "pkgnames", "linux-source", NULL))
		return;
	names = g_strsplit(g_strstrip(out), "\n", -1);
	qsort(names, g_strv_length(names), sizeof(*names), files_compare);
	list = g_strjoinv(", ", names);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "suite %s of this machine's Debian mirror has no package %s; it has %s. Use one of these "
		    "(deb:PACKAGE@SUITE), another suite, or git:TREE@REF, tar:FILE or dir:FOLDER",
		    apt->suite, package, *list ? list : "no linux-source package at all");
}

static bool look_up(const struct private_apt *apt, const char *name, struct package *package, GError **error)
{
	g_autofree char *out = NULL;

	if (!exec_words(NULL, &out, NULL, "apt-cache", "-c", apt->conf, "--no-all-versions", "show", name,
			NULL)) {
		set_missing_error(apt, name, error);
		return false;
	}
	package->version = stanza_value(out, "Version");
	package->sha256 = stanza_value(out, "SHA256");
	if (package->version && package->sha256)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "package %s of suite %s: apt does not tell its version and SHA256", name, apt->suite);
	return false;
}

/* The one file in @dir whose name fits @pattern; caller frees. */
static char *find_one(const char *dir, const char *pattern, GError **error)
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

/* The package's tarball becomes @into/tree. */
static bool unpack_package(const char *work, const char *into, GError **error)
{
	g_autofree char *deb = find_one(work, "*.deb", error);
	g_autofree char *files = g_build_filename(work, "files", NULL);
	g_autofree char *sources = g_build_filename(files, "usr/src", NULL);
	g_autofree char *tarball = NULL;
	bool has_top;

	if (!deb || !exec_words(NULL, NULL, error, "dpkg-deb", "-x", deb, files, NULL))
		return false;
	tarball = find_one(sources, "linux-source-*.tar.*", error);
	return tarball && unpack_tarball(tarball, into, &has_top, error);
}

static bool download(const struct private_apt *apt, const char *name, const struct package *package,
		     const char *into, GError **error)
{
	g_autofree char *work = g_build_filename(into, "package", NULL);
	g_autofree char *wanted = g_strconcat(name, "=", package->version, NULL);
	g_autofree char *what = g_strdup_printf("source %s %s", name, package->version);
	struct progress *p = progress_new(what, 2);
	const struct exec_opts opts = { .dir = work };
	bool ok;

	ok = path_make_dirs(work, error) &&
	     exec_words(&opts, NULL, error, "apt-get", "-q", "-c", apt->conf, "download", wanted, NULL);
	progress_update(p, 1, "unpacking");
	ok = ok && unpack_package(work, into, error) && path_remove_tree(work, error);
	if (ok)
		progress_finish(p, NULL);
	else
		progress_free(p);
	return ok;
}

/* How a reader gets the same tree as ./src. */
static json_t *describe_package(const char *name, const char *suite, const struct package *package)
{
	g_autofree char *comment = g_strdup_printf("# with suite %s in apt's sources:", suite);
	g_autofree char *fetch = g_strdup_printf("apt-get download %s=%s", name, package->version);
	g_autofree char *unpack = g_strdup_printf("dpkg-deb -x %s_*.deb package && mkdir src && tar -xf "
						  "package/usr/src/%s.tar.xz -C src --strip-components=1",
						  name, name);

	return json_pack("{s:s, s:s, s:s, s:s, s:[s, s, s]}", "digest", package->sha256, "version",
			 package->version, "package", name, "suite", suite, "get", comment, fetch, unpack);
}

static json_t *fetch_with(const struct private_apt *apt, const struct source_name *name, const char *into,
			  GError **error)
{
	__attribute__((cleanup(free_package))) struct package package = { NULL, NULL };

	if (!set_up_apt(apt, error) || !look_up(apt, name->what, &package, error) ||
	    !download(apt, name->what, &package, into, error))
		return NULL;
	return describe_package(name->what, name->at, &package);
}

json_t *source_debian_fetch(const struct source_name *name, const char *into, GError **error)
{
	struct private_apt apt = { .suite = name->at };
	json_t *json;

	if (!need_apt(error))
		return NULL;
	apt.dir = g_build_filename(into, "apt", NULL);
	apt.conf = g_build_filename(apt.dir, "apt.conf", NULL);
	json = fetch_with(&apt, name, into, error);
	path_remove_tree(apt.dir, NULL);
	g_free(apt.dir);
	g_free(apt.conf);
	return json;
}
