// SPDX-License-Identifier: GPL-2.0-only
#include "tools.h"

#include <string.h>

#include "base/error.h"
#include "base/exec.h"
#include "kernels/target.h"

static const struct {
	const char *program;	/* in PATH, or */
	const char *header;	/* a file below /usr/include */
	const char *package;
} needed[] = {
	{ "gcc", NULL, "gcc" },
	{ "make", NULL, "make" },
	{ "ld", NULL, "binutils" },
	{ "flex", NULL, "flex" },
	{ "bison", NULL, "bison" },
	{ "bc", NULL, "bc" },
	{ "perl", NULL, "perl" },
	{ "pahole", NULL, "pahole" },
	{ "rsync", NULL, "rsync" },
	{ "git", NULL, "git" },
	{ "tar", NULL, "tar" },
	{ "xz", NULL, "xz-utils" },
	{ "flock", NULL, "util-linux" },
	{ NULL, "gelf.h", "libelf-dev" },
};

static bool is_there(size_t i)
{
	g_autofree char *path = needed[i].program ? g_find_program_in_path(needed[i].program) :
						    g_build_filename("/usr/include", needed[i].header, NULL);

	return path && g_file_test(path, G_FILE_TEST_EXISTS);
}

/* The compiler for @target where that is another than this machine's; NULL where it is not. Caller frees. */
static char *cross_compiler(const struct target *target)
{
	const char *prefix = target_tool_prefix(target);

	return *prefix ? g_strconcat(prefix, "gcc", NULL) : NULL;
}

static void add_missing(GString *what, GString *packages, const char *name, const char *package)
{
	g_string_append_printf(what, "%s%s", what->len ? ", " : "", name);
	g_string_append_printf(packages, " %s", package);
}

bool tools_check(const struct target *target, GError **error)
{
	g_autoptr(GString) what = g_string_new(NULL);
	g_autoptr(GString) packages = g_string_new(NULL);
	g_autofree char *cross = cross_compiler(target);
	g_autofree char *cross_path = cross ? g_find_program_in_path(cross) : NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
		if (!is_there(i))
			add_missing(what, packages, needed[i].program ? needed[i].program : needed[i].header,
				    needed[i].package);
	}
	if (cross && !cross_path)
		add_missing(what, packages, cross, target->cross_package);
	if (!what->len)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "building a kernel for %s needs what this machine does not have: %s. On Debian: apt-get "
		    "install%s",
		    target->arch, what->str, packages->str);
	return false;
}

static char *ask_version(const char *prefix, const char *name, GError **error)
{
	g_autofree char *program = g_strconcat(prefix, name, NULL);
	char *out;

	if (!exec_words(NULL, &out, error, "env", "LC_ALL=C", program, "--version", NULL))
		return NULL;
	out[strcspn(out, "\n")] = '\0';
	return out;
}

struct tools *tools_ask(const struct target *target, GError **error)
{
	const char *prefix = target_tool_prefix(target);
	g_autoptr(tools) t = g_new0(struct tools, 1);

	if (!tools_check(target, error) || !(t->compiler = ask_version(prefix, "gcc", error)) ||
	    !(t->linker = ask_version(prefix, "ld", error)) ||
	    !(t->pahole = ask_version("", "pahole", error)))
		return NULL;
	return g_steal_pointer(&t);
}

void tools_free(struct tools *t)
{
	if (!t)
		return;
	g_free(t->compiler);
	g_free(t->linker);
	g_free(t->pahole);
	g_free(t);
}
