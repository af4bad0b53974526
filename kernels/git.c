// SPDX-License-Identifier: GPL-2.0-only
#include "git.h"

#include "base/exec.h"

/* Variables that point git at another repository, or at another part of one. */
static const char *const unheard[] = {
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX",
};

bool git_run(const char *dir, const char *const *env, char **ret_out, GError **error, ...)
{
	const struct exec_opts opts = { .dir = dir, .env = env };
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	const char *word;
	va_list words;

	g_ptr_array_add(argv, (gpointer) "env");
	for (size_t i = 0; i < G_N_ELEMENTS(unheard); i++) {
		g_ptr_array_add(argv, (gpointer) "-u");
		g_ptr_array_add(argv, (gpointer)unheard[i]);
	}
	g_ptr_array_add(argv, (gpointer) "git");
	va_start(words, error);
	do {
		word = va_arg(words, const char *);
		g_ptr_array_add(argv, (gpointer)word);
	} while (word);
	va_end(words);
	return exec_run((const char *const *)argv->pdata, &opts, ret_out, error);
}
