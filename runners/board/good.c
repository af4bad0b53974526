// SPDX-License-Identifier: GPL-2.0-only
#include "good.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "method.h"
#include "ssh.h"

#define DESCRIBE_S 120

/*
 * grubenv, custom.cfg and what a boot loader writes at each boot are the method's to compare. A time stamp
 * shows what was written anew with the same size; the kernel and its initrd are read, as a kernel under test
 * may spoil what it never wrote to. An answer has a limit: what of the list does not fit is in its digest.
 */
static const char script[] =
	"dir=$1 esp=$2 grub=$3 entry=$4 r=$(uname -r)\n"
	"files() {\n"
	"	for d in /boot \"$esp\"; do\n"
	"		[ ! -d \"$d\" ] || find \"$d\" -xdev \\( -path \"$dir\" -o "
	"-path \"$grub/grubenv\" -o \\\n"
	"			-path \"$grub/custom.cfg\" -o -name \"$entry\" -o -name 'random-seed' -o \\\n"
	"			-name 'loader-*' \\) -prune -o -type f -printf 'file %p %s %T@\\n'\n"
	"	done | sort -u\n"
	"}\n"
	"echo \"kernel $r $(uname -v)\"\n"
	"m=/lib/modules/$r\n"
	"[ ! -d \"$m\" ] || echo \"modules $(cd \"$m\" && find . -type f -printf '%p %s %T@\\n' | sort | "
	"sha256sum)\"\n"
	"for f in \"/boot/vmlinuz-$r\" \"/boot/initrd.img-$r\"; do\n"
	"	[ ! -f \"$f\" ] || sha256sum -- \"$f\"\n"
	"done\n"
	"list=$(files)\n"
	"printf '%s\\n' \"$list\" | head -c 40000\n"
	"echo\n"
	"echo \"all files $(printf '%s\\n' \"$list\" | sha256sum)\"\n"
	"echo end\n";

static bool is_whole(const struct board *b, const char *system, GError **error)
{
	if (g_str_has_suffix(system, "\nend"))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "board %s: its description of its good system has no end; it needs find, sort and "
		    "coreutils",
		    b->name);
	return false;
}

char *good_describe(const struct board *b, GError **error)
{
	g_autofree char *grub = method_grub_dir(b);
	const char *const argv[] = { b->boot.dir, method_esp(b), grub, METHOD_ENTRY ".conf", NULL };
	g_autofree char *system = ssh_must(b, "describing its good system", script, argv, DESCRIBE_S, error);
	g_autofree char *entry =
		system && is_whole(b, system, error) ? method_of(b)->fingerprint(b, error) : NULL;

	return entry ? g_strconcat(system, "\n", entry, NULL) : NULL;
}

/* Of names of files on the board, which may be anything. */
static char *describe_change(const char *before, const char *after)
{
	g_autofree char *was = text_make_plain(before);
	g_autofree char *is = text_make_plain(after);

	return g_strdup_printf("\"%s\", now \"%s\"", was, is);
}

char *good_difference(const char *before, const char *after)
{
	g_auto(GStrv) was = g_strsplit(before, "\n", -1);
	g_auto(GStrv) is = g_strsplit(after, "\n", -1);

	for (guint i = 0;; i++) {
		const char *a = i < g_strv_length(was) ? was[i] : NULL,
			   *b = i < g_strv_length(is) ? is[i] : NULL;

		if (!a && !b)
			return NULL;
		if (g_strcmp0(a, b))
			return describe_change(a ? a : "", b ? b : "");
	}
}
