// SPDX-License-Identifier: GPL-2.0-only
#include "method.h"

#include "ssh.h"

/*
 * What the board's owner wrote, for loaders that we do not know. It runs on the board, as root, by `sh -c`:
 * $1 is what is wanted, $2 the folder of the kernel, $3 its parameters (arm only).
 */

#define SCRIPT_S 120

static char *run(const struct board *b, const char *wanted, const char *cmdline, GError **error)
{
	g_autofree char *what = g_strdup_printf("boot.script %s", wanted);
	const char *const argv[] = { wanted, b->boot.dir, cmdline, NULL };

	return ssh_must(b, what, b->boot.script, argv, SCRIPT_S, error);
}

static char *lacks(const struct board *b, GError **error)
{
	g_autofree char *out = run(b, "lacks", "", error);

	return out ? method_sentence(out) : NULL;
}

static bool arm(const struct board *b, const char *cmdline, GError **error)
{
	g_autofree char *out = run(b, "arm", cmdline, error);

	return out;
}

static bool pending(const struct board *b, bool *ret_pending, GError **error)
{
	g_autofree char *out = run(b, "pending", "", error);

	if (!out)
		return false;
	*ret_pending = !g_strcmp0(out, "yes");
	return true;
}

static bool disarm(const struct board *b, GError **error)
{
	g_autofree char *out = run(b, "disarm", "", error);

	return out;
}

static char *fingerprint(const struct board *b, GError **error)
{
	return run(b, "fingerprint", "", error);
}

const struct method method_script = {
	.name = "script",
	.lacks = lacks,
	.arm = arm,
	.pending = pending,
	.disarm = disarm,
	.fingerprint = fingerprint,
	.reboot = method_reboot,
};
