// SPDX-License-Identifier: GPL-2.0-only
#include "crash.h"

#include <gio/gio.h>
#include <string.h>

#include "base/error.h"
#include "ssh.h"

#define LIST_S 60
#define READ_S 120
/* A dump of efi-pstore is some ten records of some KiB. */
#define RECORDS_MAX 100

/* systemd's service moves records at the start of the good system; it shall have done so. */
static const char list_script[] = "systemctl start systemd-pstore.service >/dev/null 2>&1\n"
				  "for d in /sys/fs/pstore /var/lib/systemd/pstore; do\n"
				  "	[ ! -d \"$d\" ] || find \"$d\" -xdev -type f\n"
				  "done | sort | head -n 1000\n";

/* The names of pstore's backends are plain. */
static bool is_plain(const char *path)
{
	return g_regex_match_simple("^/(sys/fs|var/lib/systemd)/pstore/[A-Za-z0-9_./-]{1,200}$", path,
				    G_REGEX_DOLLAR_ENDONLY, 0) &&
	       !strstr(path, "..");
}

GPtrArray *crash_list(const struct board *b, GError **error)
{
	g_autofree char *out = ssh_must(b, "looking for what crashes left", list_script, NULL, LIST_S, error);
	g_auto(GStrv) lines = out ? g_strsplit(out, "\n", -1) : NULL;
	GPtrArray *paths;

	if (!out)
		return NULL;
	paths = g_ptr_array_new_with_free_func(g_free);
	for (char **line = lines; *line; line++) {
		if (is_plain(*line))
			g_ptr_array_add(paths, g_strdup(*line));
	}
	return paths;
}

static GPtrArray *find_new(const struct board *b, const GPtrArray *before, GError **error)
{
	g_autoptr(GPtrArray) now = crash_list(b, error);
	GPtrArray *fresh;

	if (!now)
		return NULL;
	fresh = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < now->len && fresh->len < RECORDS_MAX; i++) {
		if (!before ||
		    !g_ptr_array_find_with_equal_func((GPtrArray *)before, now->pdata[i], g_str_equal, NULL))
			g_ptr_array_add(fresh, g_strdup(now->pdata[i]));
	}
	return fresh;
}

static bool append(const char *path, const char *text, GError **error)
{
	g_autoptr(GFile) file = g_file_new_for_path(path);
	g_autoptr(GFileOutputStream) out = g_file_append_to(file, G_FILE_CREATE_NONE, NULL, error);

	return out && g_output_stream_write_all(G_OUTPUT_STREAM(out), text, strlen(text), NULL, NULL, error);
}

static bool keep(const struct board *b, const GPtrArray *words, const char *path, GError **error)
{
	static const char read_script[] = "for f; do\n"
					  "	echo\n"
					  "	echo \"==> $f\"\n"
					  "	[ ! -f \"$f\" ] || head -c 65536 -- \"$f\" | tr -d '\\000'\n"
					  "done | tail -c 60000\n";
	g_autofree char *text = NULL;

	if (!path)
		return true;
	text = ssh_must(b, "reading what the crash left", read_script, (const char *const *)words->pdata,
			READ_S, error);
	return text && append(path, text, error) && append(path, "\n", error);
}

bool crash_collect(const struct board *b, const GPtrArray *before, const char *path, guint *ret_count,
		   GError **error)
{
	static const char remove_script[] =
		"for f; do rm -f -- \"$f\"; done\n"
		"find /var/lib/systemd/pstore -mindepth 1 -type d -empty -delete 2>/dev/null\n"
		"exit 0\n";
	g_autoptr(GPtrArray) fresh = find_new(b, before, error);
	g_autofree char *removed = NULL;

	if (!fresh)
		return false;
	*ret_count = fresh->len;
	if (fresh->len == 0)
		return true;
	g_ptr_array_add(fresh, NULL);
	if (!keep(b, fresh, path, error))
		return false;
	removed = ssh_must(b, "removing what was read", remove_script, (const char *const *)fresh->pdata,
			   READ_S, error);
	return removed;
}

bool crash_watchdog(const struct board *b, bool *ret_reset, GError **error)
{
	/* WDIOF_CARDRESET */
	static const char script[] =
		"for f in /sys/class/watchdog/watchdog*/bootstatus; do\n"
		"	[ -r \"$f\" ] && [ $(($(cat \"$f\") & 32)) -ne 0 ] && { echo yes; exit 0; }\n"
		"done\n"
		"echo no\n";
	g_autofree char *out = ssh_must(b, "asking its watchdog", script, NULL, LIST_S, error);

	if (!out)
		return false;
	*ret_reset = !strcmp(out, "yes");
	return true;
}
