// SPDX-License-Identifier: GPL-2.0-only
#include "method.h"

#include "ssh.h"

/* The good kernel starts the one under test itself; the boot loader knows nothing of it. */

#define ARM_S 120

static char *lacks(const struct board *b, GError **error)
{
	static const char script[] =
		"if ! command -v kexec >/dev/null; then echo 'kexec is missing: install the package "
		"kexec-tools'\n"
		"elif [ ! -e /sys/kernel/kexec_loaded ]; then echo 'the good kernel has no CONFIG_KEXEC: use "
		"another "
		"boot method'\n"
		"elif [ \"$(cat /proc/sys/kernel/kexec_load_disabled)\" = 1 ]; then echo 'kexec is disabled "
		"(kernel.kexec_load_disabled): use another boot method'\n"
		"elif [ ! -d /run/systemd/system ]; then echo 'systemd does not run, which shuts down for "
		"kexec: use "
		"another boot method'\n"
		"fi\n";

	return method_lacks(b, script, NULL, error);
}

static bool arm(const struct board *b, const char *cmdline, GError **error)
{
	static const char script[] = "set -e\n"
				     "image=$1 cmdline=$2 initrd=$3 dtb=$4\n"
				     "set -- --load \"$image\" \"--command-line=$cmdline\"\n"
				     "[ -z \"$initrd\" ] || set -- \"$@\" \"--initrd=$initrd\"\n"
				     "[ -z \"$dtb\" ] || set -- \"$@\" \"--dtb=$dtb\"\n"
				     "kexec \"$@\"\n"
				     "[ \"$(cat /sys/kernel/kexec_loaded)\" = 1 ] || { echo 'the kernel took "
				     "no kernel' >&2; exit 1; }\n";
	g_autofree char *image = g_build_filename(b->boot.dir, METHOD_IMAGE, NULL);
	const char *const argv[] = { image, cmdline, b->boot.initrd ? b->boot.initrd : "",
				     b->boot.dtb ? b->boot.dtb : "", NULL };
	g_autofree char *out = ssh_must(b, "kexec --load", script, argv, ARM_S, error);

	return out;
}

static bool pending(const struct board *b, bool *ret_pending, GError **error)
{
	static const char script[] =
		"if [ \"$(cat /sys/kernel/kexec_loaded)\" = 1 ]; then echo yes; else echo no; fi\n";

	return method_answer(b, script, NULL, ret_pending, error);
}

static bool disarm(const struct board *b, GError **error)
{
	static const char script[] =
		"if [ \"$(cat /sys/kernel/kexec_loaded)\" = 1 ]; then kexec --unload; fi\n";
	g_autofree char *out = ssh_must(b, "kexec --unload", script, NULL, ARM_S, error);

	return out;
}

static bool leave(const struct board *b, GError **error)
{
	return method_leave(b, "systemctl kexec", "sync\nsystemctl kexec\n", error);
}

const struct method method_kexec = {
	.name = "kexec",
	.lacks = lacks,
	.arm = arm,
	.pending = pending,
	.disarm = disarm,
	.fingerprint = method_fingerprint,
	.reboot = leave,
};
