// SPDX-License-Identifier: GPL-2.0-only
#include "source.h"

#include "base/exec.h"
#include "base/json.h"
#include "base/path.h"
#include "base/progress.h"
#include "kernels/apt.h"
#include "kernels/unpack.h"

/* The tarball of the package @deb becomes @into/tree. */
static bool unpack_package(const char *deb, const char *work, const char *into, GError **error)
{
	g_autofree char *files = g_build_filename(work, "files", NULL);
	g_autofree char *sources = g_build_filename(files, "usr/src", NULL);
	g_autofree char *tarball = NULL;
	bool has_top;

	if (!exec_words(NULL, NULL, error, "dpkg-deb", "-x", deb, files, NULL))
		return false;
	tarball = apt_find_file(sources, "linux-source-*.tar.*", error);
	return tarball && unpack_tarball(tarball, into, &has_top, error);
}

static bool download(const struct apt *from, const struct apt_package *package, const char *into,
		     GError **error)
{
	g_autofree char *work = g_build_filename(into, "package", NULL);
	g_autofree char *what = g_strdup_printf("source %s %s", package->name, package->version);
	g_autoptr(progress) p = progress_new(what, 2);
	g_autofree char *deb = apt_download(from, package, work, error);

	if (!deb)
		return false;
	progress_update(p, 1, "unpacking");
	if (!unpack_package(deb, work, into, error) || !path_remove_tree(work, error))
		return false;
	progress_finish(g_steal_pointer(&p), NULL);
	return true;
}

/* How a reader gets the same tree as ./src. */
static json_t *describe_package(const struct apt_package *package, const char *suite)
{
	g_autofree char *comment = g_strdup_printf("# with suite %s in apt's sources:", suite);
	g_autofree char *fetch = g_strdup_printf("apt-get download %s=%s", package->name, package->version);
	g_autofree char *unpack = g_strdup_printf("dpkg-deb -x %s_*.deb package && mkdir src && tar -xf "
						  "package/usr/src/%s.tar.xz -C src --strip-components=1",
						  package->name, package->name);

	return json_pack("{s:s, s:s, s:s, s:s, s:[s, s, s]}", "digest", package->sha256, "version",
			 package->version, "package", package->name, "suite", suite, "get", comment, fetch,
			 unpack);
}

json_t *source_debian_fetch(const struct source_name *name, const char *into, GError **error)
{
	g_autoptr(apt) from = apt_open(into, name->at, NULL, error);
	g_autoptr(apt_package) package =
		from ? apt_find(from, name->what, "linux-source", NULL,
			       "one of these (deb:PACKAGE@SUITE), another suite, or git:TREE@REF, tar:FILE or "
			       "dir:FOLDER", error) : NULL;

	if (!package || !download(from, package, into, error))
		return NULL;
	return describe_package(package, name->at);
}
