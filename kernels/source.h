/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/*
 * Kernel sources. Each is kept once, unpacked and untouched, in the cache's sources/DIGEST/tree; source.json
 * beside it says what it is.
 */
enum source_kind {
	SOURCE_DEB, /* deb:PACKAGE@SUITE, also linux-V.P: Debian's linux-source package of SOURCE_DEFAULT_SUITE
		     */
	SOURCE_GIT, /* git:TREE@REF */
	SOURCE_TAR, /* tar:FILE */
	SOURCE_DIR, /* dir:FOLDER */
	SOURCE_IMAGE, /* image:PACKAGE@SUITE: no source but a kernel built already; see image.h */
};

#define SOURCE_DEFAULT_SUITE "trixie-backports"
/* It has both kernels of Debian 12, 6.1 and 6.12, with all that was mended in them. */
#define IMAGE_DEFAULT_SUITE "bookworm-security"
#define IMAGE_PREFIX "linux-image-"

/* A source string taken apart. */
typedef struct source_name {
	enum source_kind kind;
	char *what;		/* package, tree, file or folder */
	char *at;		/* suite or ref; NULL for tar and dir */
	char *text; /* "deb:linux-source-7.3@trixie-backports": the long form, equal for equal sources */
} source_name;

typedef struct source {
	char *dir;		/* sources/DIGEST in the cache */
	char *tree;		/* the unpacked source, never written to */
	char *digest;		/* names the content: SHA-256 of package, tarball or folder, or git's tree id */
	char *version;		/* package version, commit, file or folder */
	char *base;		/* "7.3": VERSION.PATCHLEVEL */
	char *release;		/* "7.3.4": with SUBLEVEL and EXTRAVERSION */
	char *kind;		/* deb, git, tar or dir */
	bool from_cache;	/* it was there already: nobody was asked whether there is a newer one */
	json_t *json;		/* source.json */
} source;

/* NULL with BENCH_ERROR_USAGE and a sentence that lists the forms. */
struct source_name *source_name_parse(const char *text, GError **error);
void source_name_free(struct source_name *name);

/*
 * The source that @text names, fetched and unpacked unless the cache has it. A Debian package once fetched is
 * used again without asking its archive, so that the arms of a plan, and a resumed run, get the same source.
 * git, tar and dir are looked at each time.
 */
struct source *source_open(const char *text, GError **error);
void source_free(struct source *s);

/*
 * Kind-specific halves of source_open(). They fill the folder @into with tree/ and return source.json's own
 * keys (version, digest, how to get it again), or NULL.
 */
json_t *source_debian_fetch(const struct source_name *name, const char *into, GError **error);
json_t *source_git_fetch(const struct source_name *name, const char *into, GError **error);
json_t *source_tar_fetch(const struct source_name *name, const char *into, GError **error);
json_t *source_dir_fetch(const struct source_name *name, const char *into, GError **error);

/*
 * The digest that fetching @name would give, if that can be told without fetching; NULL without @error set when
 * it cannot, with @error set when the source is not there at all.
 */
char *source_local_digest(const struct source_name *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(source, source_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(source_name, source_name_free)
