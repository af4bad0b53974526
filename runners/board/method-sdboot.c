// SPDX-License-Identifier: GPL-2.0-only
#include "method.h"

#include <string.h>

#include "base/error.h"
#include "ssh.h"

/* systemd-boot boots the entry in the EFI variable LoaderEntryOneShot, which it deletes before. */

#define ARM_S 60
#define ENTRY_FILE METHOD_ENTRY ".conf"
#define VARIABLE "/sys/firmware/efi/efivars/LoaderEntryOneShot-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

static char *lacks(const struct board *b, GError **error)
{
	static const char script[] =
		"esp=$1\n"
		"say() { echo \"$1\"; exit 0; }\n"
		"[ -d /sys/firmware/efi/efivars ] || say 'it did not boot by EFI, or efivarfs is not mounted'\n"
		"command -v bootctl >/dev/null || say 'bootctl is missing: install the package systemd-boot'\n"
		"[ -d \"$esp/loader/entries\" ] || say \"there is no $esp/loader/entries: systemd-boot is not "
		"what "
		"boots it, or its partition is elsewhere (boot.esp)\"\n"
		"! grep -qE '^default[[:space:]]+" METHOD_ENTRY "' \"$esp/loader/loader.conf\" 2>/dev/null ||\n"
		"	say \"$esp/loader/loader.conf has our entry as its default: let it name the good "
		"one\"\n"
		"f=$esp/loader/entries/" ENTRY_FILE "\n"
		"[ ! -e \"$f\" ] || [ \"$(head -n 1 -- \"$f\")\" = \"$2\" ] ||\n"
		"	say \"$f is there already and not ours: give it another name\"\n";
	const char *const argv[] = { b->boot.esp, METHOD_MARK, NULL };

	return method_lacks(b, script, argv, error);
}

static bool check_line(const char *text, GError **error)
{
	if (!strpbrk(text, "\n\r"))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "the kernel parameters have a line break in them");
	return false;
}

char *method_sdboot_text(const struct method_files *f, const char *cmdline, GError **error)
{
	g_autoptr(GString) text = g_string_new(METHOD_MARK "\ntitle " METHOD_ENTRY "\n");

	if (!check_line(cmdline, error))
		return NULL;
	g_string_append_printf(text, "linux %s\n", f->image);
	if (f->initrd)
		g_string_append_printf(text, "initrd %s\n", f->initrd);
	if (f->dtb)
		g_string_append_printf(text, "devicetree %s\n", f->dtb);
	g_string_append_printf(text, "options %s", cmdline);
	return g_strdup(text->str);
}

static char *entry_of(const struct board *b)
{
	return g_build_filename(b->boot.esp, "loader/entries", ENTRY_FILE, NULL);
}

static bool arm(const struct board *b, const char *cmdline, GError **error)
{
	static const char script[] = "set -e\n"
				     "f=$1 entry=$2 variable=$3 text=$4 mark=$5\n"
				     "if [ -e \"$f\" ] && [ \"$(head -n 1 -- \"$f\")\" != \"$mark\" ]; then\n"
				     "	echo \"$f is not ours\" >&2\n"
				     "	exit 1\n"
				     "fi\n"
				     "printf '%s\\n' \"$text\" >\"$f.new\"\n"
				     "sync\n"
				     "mv -- \"$f.new\" \"$f\"\n"
				     "sync\n"
				     "bootctl set-oneshot \"$entry\"\n"
				     "[ \"$(cat -- \"$f\")\" = \"$text\" ] || { echo \"$f does not say what "
				     "was written to it\" >&2; exit 1; }\n"
				     "cat -- \"$variable\" | tail -c +5 | tr -d '\\000' | "
				     "grep -qxF \"$entry\" || {\n"
				     "	echo 'the firmware did not keep LoaderEntryOneShot' >&2\n"
				     "	exit 1\n"
				     "}\n";
	g_autofree char *entry = entry_of(b);
	g_auto(method_files) files = { 0 };
	g_autofree char *text =
		method_files_find(b, &files, error) ? method_sdboot_text(&files, cmdline, error) : NULL;
	const char *const argv[] = { entry, ENTRY_FILE, VARIABLE, text, METHOD_MARK, NULL };
	g_autofree char *out =
		text ? ssh_must(b, "arming systemd-boot for one boot", script, argv, ARM_S, error) : NULL;

	return out;
}

static bool pending(const struct board *b, bool *ret_pending, GError **error)
{
	static const char script[] = "if [ -e \"$1\" ]; then echo yes; else echo no; fi\n";
	const char *const argv[] = { VARIABLE, NULL };

	return method_answer(b, script, argv, ret_pending, error);
}

static bool disarm(const struct board *b, GError **error)
{
	static const char script[] = "set -e\n"
				     "f=$1 entry=$2 variable=$3 mark=$4\n"
				     "if [ -e \"$variable\" ] && cat -- \"$variable\" | "
				     "tail -c +5 | tr -d '\\000' | "
				     "grep -qxF \"$entry\"; then\n"
				     "	bootctl set-oneshot ''\n"
				     "fi\n"
				     "rm -f -- \"$f.new\"\n"
				     "if [ -e \"$f\" ] && [ \"$(head -n 1 -- \"$f\")\" = \"$mark\" ]; then "
				     "rm -- \"$f\"; fi\n"
				     "sync\n";
	g_autofree char *entry = entry_of(b);
	const char *const argv[] = { entry, ENTRY_FILE, VARIABLE, METHOD_MARK, NULL };
	g_autofree char *out = ssh_must(b, "taking our entry out of systemd-boot", script, argv, ARM_S, error);

	return out;
}

const struct method method_sdboot_once = {
	.name = "sdboot-once",
	.lacks = lacks,
	.arm = arm,
	.pending = pending,
	.disarm = disarm,
	.fingerprint = method_fingerprint,
	.reboot = method_reboot,
};
