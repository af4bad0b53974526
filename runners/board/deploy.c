// SPDX-License-Identifier: GPL-2.0-only
#include "deploy.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/path.h"
#include "method.h"
#include "runners/wire.h"
#include "ssh.h"

/* A file of a size that nobody foresaw is sent at this rate at least, or the board counts as hanging. */
#define SLOWEST_BYTES_PER_S (256 << 10)
#define SEND_S 30
#define CHECK_S 120
/* What a file system needs beyond the files: the good system goes on writing its logs. */
#define SPARE_BYTES (16 << 20)

/* All that is ever written there. */
static const char *const names[] = {
	METHOD_IMAGE, DEPLOY_INITRD, WIRE_AGENT,
	WIRE_MODULE_TEST ".ko", WIRE_MODULE_LOAD ".ko", WIRE_MODULE_SOAK ".ko",
};

bool deploy_knows(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (!strcmp(names[i], name))
			return true;
	}
	return false;
}

static bool size_of(const char *path, guint64 *ret_bytes, GError **error)
{
	GStatBuf info;

	if (g_stat(path, &info) == 0) {
		*ret_bytes = info.st_size;
		return true;
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "%s: there is no such file to be copied to the board", path);
	return false;
}

static bool check_room(const struct board *b, const struct deploy_file *files, size_t n, guint64 free_bytes,
		       GError **error)
{
	guint64 need = SPARE_BYTES, bytes;

	for (size_t i = 0; i < n; i++) {
		if (!size_of(files[i].source, &bytes, error))
			return false;
		need += bytes;
	}
	if (need <= free_bytes)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_REFUSED,
		    "board %s: the disk is full: %s needs %" G_GUINT64_FORMAT " MiB, and %" G_GUINT64_FORMAT
		    " MiB are free; make room there",
		    b->name, b->boot.dir, (need >> 20) + 1, free_bytes >> 20);
	return false;
}

static char *temporary(const struct board *b, const struct deploy_file *file)
{
	return g_strdup_printf("%s/%s.new", b->boot.dir, file->name);
}

static bool send_file(const struct board *b, const struct deploy_file *file, GError **error)
{
	g_autofree char *to = temporary(b, file);
	guint64 bytes;

	return size_of(file->source, &bytes, error) &&
	       ssh_send(b, file->source, to, SEND_S + bytes / SLOWEST_BYTES_PER_S, error);
}

static bool make_dir(const struct board *b, GError **error)
{
	const char *const argv[] = { b->boot.dir, NULL };
	g_autofree char *out =
		ssh_must(b, "making the kernel's folder", "mkdir -p -m 700 -- \"$1\"\n", argv, SEND_S, error);

	return out;
}

/*
 * The words of the script: the folder, then for each file its name, mode and digest. It compares all before it
 * renames any.
 */
static const char settle_script[] = "set -e\n"
				    "cd \"$1\"\n"
				    "shift\n"
				    "check() {\n"
				    "	while [ $# -gt 0 ]; do\n"
				    "		echo \"$3  $1.new\" | sha256sum -c --status || {\n"
				    "			echo \"$1 arrived with another digest: the disk or the "
				    "memory of the board is broken\" >&2\n"
				    "			exit 1\n"
				    "		}\n"
				    "		shift 3\n"
				    "	done\n"
				    "}\n"
				    "check \"$@\"\n"
				    "sync\n"
				    "while [ $# -gt 0 ]; do\n"
				    "	chmod \"$2\" \"$1.new\"\n"
				    "	mv -- \"$1.new\" \"$1\"\n"
				    "	shift 3\n"
				    "done\n"
				    "sync\n";

static bool settle(const struct board *b, const struct deploy_file *files, size_t n, GError **error)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *out = NULL;

	g_ptr_array_add(words, g_strdup(b->boot.dir));
	for (size_t i = 0; i < n; i++) {
		char *digest = path_sha256(files[i].source, error);

		if (!digest)
			return false;
		g_ptr_array_add(words, g_strdup(files[i].name));
		g_ptr_array_add(words, g_strdup(files[i].program ? "700" : "600"));
		g_ptr_array_add(words, digest);
	}
	g_ptr_array_add(words, NULL);
	out = ssh_must(b, "checking what was copied", settle_script, (const char *const *)words->pdata, CHECK_S,
		       error);
	return out;
}

static bool check_interrupt(GError **error)
{
	if (!interrupt_pending())
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "interrupted");
	return false;
}

bool deploy_put(const struct board *b, const struct deploy_file *files, size_t n, guint64 free_bytes,
		GError **error)
{
	if (!check_room(b, files, n, free_bytes, error) || !make_dir(b, error))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!check_interrupt(error) || !send_file(b, &files[i], error))
			return false;
	}
	return settle(b, files, n, error);
}

char *deploy_digest(const struct board *b, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(b->boot.dir, name, NULL);
	const char *const argv[] = { path, NULL };
	g_autofree char *out =
		ssh_must(b, "reading the kernel back", "sha256sum <\"$1\"\n", argv, CHECK_S, error);

	return out ? g_strndup(out, strcspn(out, " ")) : NULL;
}

bool deploy_remove(const struct board *b, GError **error)
{
	static const char script[] = "cd \"$1\" 2>/dev/null || exit 0\n"
				     "d=$1\n"
				     "shift\n"
				     "for f; do rm -f -- \"$f\" \"$f.new\" || exit 1; done\n"
				     "cd /\n"
				     "rmdir --ignore-fail-on-non-empty -- \"$d\"\n"
				     "sync\n";
	const char *argv[G_N_ELEMENTS(names) + 2] = { b->boot.dir };
	g_autofree char *out = NULL;

	memcpy(argv + 1, names, sizeof(names));
	out = ssh_must(b, "removing what was copied", script, argv, CHECK_S, error);
	return out;
}
