// SPDX-License-Identifier: GPL-2.0-only
#include "command.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "base/trial.h"

#define NAME_PLACE "{name}"

char *command_expand(const struct board *b, const char *text)
{
	GString *expanded = g_string_new(NULL);
	const char *from = text;

	for (const char *at = text; (at = strstr(at, NAME_PLACE)); at += strlen(NAME_PLACE)) {
		if (at > text && at[-1] == '$')
			continue;
		g_string_append_len(expanded, from, at - from);
		g_string_append(expanded, b->name);
		from = at + strlen(NAME_PLACE);
	}
	g_string_append(expanded, from);
	return g_string_free(expanded, FALSE);
}

GPtrArray *command_words(const struct board *b, const char *text)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *folder = g_path_get_dirname(b->path);
	g_autofree char *expanded = command_expand(b, text);

	g_ptr_array_add(words, g_strdup("sh"));
	g_ptr_array_add(words, g_strdup("-c"));
	g_ptr_array_add(words, g_strconcat("cd -- \"$0\" || exit\n", expanded, NULL));
	g_ptr_array_add(words, g_canonicalize_filename(folder, NULL));
	g_ptr_array_add(words, NULL);
	return words;
}

static char *how_it_ended(const struct trial *t, unsigned int limit_ms)
{
	if (t->expired)
		return g_strdup_printf("did not end within %g s and was killed", limit_ms / 1000.0);
	if (t->signal)
		return g_strdup_printf("was killed by signal %d (%s)", t->signal, g_strsignal(t->signal));
	return g_strdup_printf("ended with status %d", t->status);
}

static void set_run_error(const struct board *b, const char *key, const char *text, const struct trial *t,
			  unsigned int limit_ms, GError **error)
{
	g_autofree char *plain = text_make_plain(text);
	g_autofree char *end = how_it_ended(t, limit_ms);
	g_autofree char *said = trial_last_words(t);
	g_autofree char *words = text_make_plain(said);

	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "board %s: %s (`%s`) %s%s%s", b->name, key,
		    g_strstrip(plain), end, *words ? ": " : "", words);
}

bool command_run(const struct board *b, const char *key, const char *text, unsigned int limit_ms,
		 char **ret_out, GError **error)
{
	g_autofree char *expanded = command_expand(b, text);
	g_autoptr(GPtrArray) words = command_words(b, text);
	g_autoptr(GError) reason = NULL;
	g_auto(trial) t = { 0 };

	if (!trial_run((const char *const *)words->pdata, limit_ms, &t, &reason)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "board %s: %s cannot be started: %s",
			    b->name, key, reason->message);
		return false;
	}
	if (!trial_succeeded(&t)) {
		set_run_error(b, key, expanded, &t, limit_ms, error);
		return false;
	}
	if (ret_out)
		*ret_out = g_steal_pointer(&t.out);
	return true;
}
