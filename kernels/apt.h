/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * An apt of our own: it knows one suite of the Debian archive that this machine's apt uses, needs no root
 * rights, and writes only below its folder. The machine's apt is not touched.
 */
typedef struct apt {
	char *suite;
	char *dir;
	char *conf;		/* apt.conf that points everything there */
} apt;

/* What is known of a package before it is downloaded. */
typedef struct apt_package {
	char *name;
	char *version;
	char *sha256;		/* of the .deb */
	char *depends;		/* the field as it stands there, "" when there is none */
} apt_package;

/*
 * Reads the package lists of @suite into @parent/apt. @architecture: Debian's name of it, NULL for this
 * machine's. The error (BENCH_ERROR_INFRA) names the suite. NAME-security comes from the security archive.
 */
struct apt *apt_open(const char *parent, const char *suite, const char *architecture, GError **error);

/* Removes its folder. NULL is a no-op. */
void apt_close(struct apt *from);

/*
 * The newest version of @name in the suite. When there is none the error (BENCH_ERROR_USAGE) lists the packages
 * whose names begin with @family and that @is_shown (NULL: all) lets pass, and ends with @advice.
 */
struct apt_package *apt_find(const struct apt *from, const char *name, const char *family,
			     bool (*is_shown)(const char *name), const char *advice, GError **error);
void apt_package_free(struct apt_package *package);

/* Downloads @package into the folder @into, made when missing. Returns the path of the .deb; caller frees. */
char *apt_download(const struct apt *from, const struct apt_package *package, const char *into, GError **error);

/*
 * The first package in @depends, the text of such a field, whose name begins with @prefix; without version and
 * architecture. NULL when there is none. Caller frees.
 */
char *apt_first_dependency(const char *depends, const char *prefix);

/* The one file in @dir whose name fits @pattern; the error names both. Caller frees. */
char *apt_find_file(const char *dir, const char *pattern, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(apt, apt_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(apt_package, apt_package_free)
