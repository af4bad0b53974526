// SPDX-License-Identifier: GPL-2.0-only
#include "good.h"

#include <string.h>

#include "base/text.h"
#include "method.h"
#include "ssh.h"

#define DESCRIBE_S 120

/*
 * grubenv, custom.cfg and what a boot loader writes at each boot are the method's to compare. A time stamp
 * shows what was written anew with the same size.
 */
static const char script[] =
	"dir=$1 esp=$2 grub=$3 entry=$4\n"
	"echo \"kernel $(uname -r) $(uname -v)\"\n"
	"m=/lib/modules/$(uname -r)\n"
	"[ ! -d \"$m\" ] || echo \"modules $(cd \"$m\" && find . -type f -printf '%p %s %T@\\n' | sort | "
	"sha256sum)\"\n"
	"for d in /boot \"$esp\"; do\n"
	"	[ ! -d \"$d\" ] || find \"$d\" -xdev \\( -path \"$dir\" -o -path \"$grub/grubenv\" -o \\\n"
	"		-path \"$grub/custom.cfg\" -o -name \"$entry\" -o -name 'random-seed' -o -name "
	"'loader-*' \\) -prune -o \\\n"
	"		-type f -printf 'file %p %s %T@\\n'\n"
	"done | sort -u\n";

char *good_describe(const struct board *b, GError **error)
{
	g_autofree char *grub = method_grub_dir(b);
	const char *const argv[] = { b->boot.dir, method_esp(b), grub, METHOD_ENTRY ".conf", NULL };
	g_autofree char *system = ssh_must(b, "describing its good system", script, argv, DESCRIBE_S, error);
	g_autofree char *entry = system ? method_of(b)->fingerprint(b, error) : NULL;

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
