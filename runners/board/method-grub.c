// SPDX-License-Identifier: GPL-2.0-only
#include "method.h"

#include <string.h>

#include "base/error.h"
#include "ssh.h"

/*
 * GRUB boots the entry that its environment block names as next_entry, once: the standard configuration clears
 * it before it boots anything. Our entry stands in custom.cfg, which that configuration reads, so that nothing
 * of the distribution's is generated anew.
 */

#define ARM_S 60

/* GRUB that cannot write its environment block would boot the kernel under test for ever. */
static const char lacks_script[] =
	"f=$1 dir=$(dirname -- \"$1\")\n"
	"say() { echo \"$1\"; exit 0; }\n"
	"[ -s \"$dir/grub.cfg\" ] || say \"there is no $dir/grub.cfg: GRUB is not what boots it, or is "
	"elsewhere "
	"(boot.grub_custom)\"\n"
	"command -v grub-editenv >/dev/null || say 'grub-editenv is missing: install the package grub-common'\n"
	"grep -q next_entry \"$dir/grub.cfg\" || say \"$dir/grub.cfg does not look at next_entry: run "
	"update-grub with "
	"the distribution's /etc/grub.d/00_header\"\n"
	"grep -q custom.cfg \"$dir/grub.cfg\" || say \"$dir/grub.cfg does not read custom.cfg: put the "
	"distribution's "
	"/etc/grub.d/41_custom back and run update-grub\"\n"
	"[ -f \"$dir/grubenv\" ] || say \"there is no $dir/grubenv: run grub-editenv $dir/grubenv create\"\n"
	"case $(stat -f -c %T -- \"$dir\") in\n"
	"ext2/ext3 | msdos) ;;\n"
	"*) say \"GRUB cannot write to the file system of $dir, so that one boot would become all: put /boot "
	"on ext4\" ;;\n"
	"esac\n"
	"case $(findmnt -n -o SOURCE --target \"$dir\") in\n"
	"/dev/mapper/* | /dev/md*) say \"GRUB cannot write to $dir on LVM, RAID or an encrypted disk: put "
	"/boot on a "
	"partition of its own\" ;;\n"
	"esac\n"
	"[ ! -e \"$f\" ] || [ \"$(head -n 1 -- \"$f\")\" = \"$2\" ] || say \"$f is there already and not ours: "
	"move what "
	"stands in it to /etc/grub.d/40_custom and run update-grub\"\n";

static const char arm_script[] = "set -e\n"
				 "f=$1 env=$2 entry=$3 mark=$4 text=$5\n"
				 "if [ -e \"$f\" ] && [ \"$(head -n 1 -- \"$f\")\" != \"$mark\" ]; then\n"
				 "	echo \"$f is not ours\" >&2\n"
				 "	exit 1\n"
				 "fi\n"
				 "printf '%s\\n' \"$text\" >\"$f.new\"\n"
				 "sync\n"
				 "mv -- \"$f.new\" \"$f\"\n"
				 "grub-editenv \"$env\" set \"next_entry=$entry\"\n"
				 "sync\n"
				 "[ \"$(cat -- \"$f\")\" = \"$text\" ] || { echo \"$f does not say what was "
				 "written to it\" >&2; exit 1; }\n"
				 "grub-editenv \"$env\" list | grep -qxF \"next_entry=$entry\" || {\n"
				 "	echo \"$env did not keep next_entry\" >&2\n"
				 "	exit 1\n"
				 "}\n";

static const char disarm_script[] =
	"set -e\n"
	"f=$1 env=$2 entry=$3 mark=$4\n"
	"if grub-editenv \"$env\" list | grep -qxF \"next_entry=$entry\"; then grub-editenv \"$env\" unset "
	"next_entry; fi\n"
	"rm -f -- \"$f.new\"\n"
	"if [ -e \"$f\" ] && [ \"$(head -n 1 -- \"$f\")\" = \"$mark\" ]; then rm -- \"$f\"; fi\n"
	"sync\n";

static const char pending_script[] =
	"if grub-editenv \"$1\" list | grep -qxF \"next_entry=$2\"; then echo yes; else echo no; fi\n";

static char *environment_of(const struct board *b)
{
	g_autofree char *dir = g_path_get_dirname(b->boot.grub_custom);

	return g_build_filename(dir, "grubenv", NULL);
}

static char *lacks(const struct board *b, GError **error)
{
	const char *const argv[] = { b->boot.grub_custom, METHOD_MARK, NULL };

	return method_lacks(b, lacks_script, argv, error);
}

/* A word as GRUB's shell reads it; between single quotes it has no special character but that one. */
static bool add_word(GString *text, const char *word, GError **error)
{
	static const char plain[] = G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_.,:=/@%+-";

	if (word[strspn(word, plain)] == '\0') {
		g_string_append_printf(text, " %s", word);
		return true;
	}
	if (!strpbrk(word, "'\n\r")) {
		g_string_append_printf(text, " '%s'", word);
		return true;
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "the kernel parameter %s cannot be given to GRUB: it has a single quote, or a line break",
		    word);
	return false;
}

static bool add_command(GString *text, const char *command, const char *file, const char *cmdline,
			GError **error)
{
	g_auto(GStrv) words = g_strsplit(cmdline ? cmdline : "", " ", -1);

	if (!file)
		return true;
	g_string_append_printf(text, "\t%s", command);
	if (!add_word(text, file, error))
		return false;
	for (char **word = words; *word; word++) {
		if (**word && !add_word(text, *word, error))
			return false;
	}
	g_string_append_c(text, '\n');
	return true;
}

char *method_grub_text(const struct method_files *f, const char *cmdline, GError **error)
{
	g_autoptr(GString) text =
		g_string_new(METHOD_MARK "\n"
					 "menuentry '" METHOD_ENTRY "' --id " METHOD_ENTRY " {\n");

	if (!add_command(text, "search --no-floppy --set=root --file", f->image, NULL, error) ||
	    !add_command(text, "devicetree", f->dtb, NULL, error) ||
	    !add_command(text, "linux", f->image, cmdline, error) ||
	    !add_command(text, "initrd", f->initrd, NULL, error))
		return NULL;
	g_string_append(text, "}");
	return g_strdup(text->str);
}

static bool arm(const struct board *b, const char *cmdline, GError **error)
{
	g_autofree char *environment = environment_of(b);
	g_auto(method_files) files = { 0 };
	g_autofree char *text =
		method_files_find(b, &files, error) ? method_grub_text(&files, cmdline, error) : NULL;
	const char *const argv[] = { b->boot.grub_custom, environment, METHOD_ENTRY, METHOD_MARK, text, NULL };
	g_autofree char *out =
		text ? ssh_must(b, "arming GRUB for one boot", arm_script, argv, ARM_S, error) : NULL;

	return out;
}

static bool pending(const struct board *b, bool *ret_pending, GError **error)
{
	g_autofree char *environment = environment_of(b);
	const char *const argv[] = { environment, METHOD_ENTRY, NULL };

	return method_answer(b, pending_script, argv, ret_pending, error);
}

static bool disarm(const struct board *b, GError **error)
{
	g_autofree char *environment = environment_of(b);
	const char *const argv[] = { b->boot.grub_custom, environment, METHOD_ENTRY, METHOD_MARK, NULL };
	g_autofree char *out = ssh_must(b, "taking our entry out of GRUB", disarm_script, argv, ARM_S, error);

	return out;
}

const struct method method_grub_once = {
	.name = "grub-once",
	.lacks = lacks,
	.arm = arm,
	.pending = pending,
	.disarm = disarm,
	.fingerprint = method_fingerprint,
	.reboot = method_reboot,
};
