// SPDX-License-Identifier: GPL-2.0-only
#include "tools.h"

#include <string.h>

#include "base/error.h"
#include "base/exec.h"

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

bool tools_check(GError **error)
{
	g_autoptr(GString) what = g_string_new(NULL);
	g_autoptr(GString) packages = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
		if (is_there(i))
			continue;
		g_string_append_printf(what, "%s%s", what->len ? ", " : "",
				       needed[i].program ? needed[i].program : needed[i].header);
		g_string_append_printf(packages, " %s", needed[i].package);
	}
	if (!what->len)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "building a kernel needs what this machine does not have: %s. On Debian: apt-get install%s",
		    what->str, packages->str);
	return false;
}

static char *ask_version(const char *program, GError **error)
{
	char *out;

	if (!exec_words(NULL, &out, error, "env", "LC_ALL=C", program, "--version", NULL))
		return NULL;
	out[strcspn(out, "\n")] = '\0';
	return out;
}

struct tools *tools_ask(GError **error)
{
	g_autoptr(tools) t = g_new0(struct tools, 1);

	if (!tools_check(error) || !(t->compiler = ask_version("gcc", error)) ||
	    !(t->linker = ask_version("ld", error)) || !(t->pahole = ask_version("pahole", error)))
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
