// SPDX-License-Identifier: GPL-2.0-only
#include "method.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "ssh.h"

#define ASK_S 30
/* A reboot is asked for: the answer may never come, as the connection ends with it. */
#define LEAVE_S 20

static const struct method *const methods[] = {
	&method_grub_once,
	&method_kexec,
	&method_sdboot_once,
	&method_script,
};

const struct method *method_of(const struct board *b)
{
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
		if (!strcmp(methods[i]->name, b->boot.method))
			return methods[i];
	}
	g_assert_not_reached(); /* board_load() knows the same names */
}

char *method_grub_dir(const struct board *b)
{
	return b->boot.grub_custom ? g_path_get_dirname(b->boot.grub_custom) : g_strdup("/boot/grub");
}

const char *method_esp(const struct board *b)
{
	return b->boot.esp ? b->boot.esp : "/boot/efi";
}

void method_files_clear(struct method_files *f)
{
	g_free(f->image);
	g_free(f->initrd);
	g_free(f->dtb);
	*f = (struct method_files){ 0 };
}

/* @path without @mount. What the board says only cuts our own path: nothing of it comes into a command. */
static char *below(const char *path, const char *mount)
{
	size_t length = strlen(mount);

	if (!strcmp(mount, "/"))
		return g_strdup(path);
	if (g_str_has_prefix(path, mount) && path[length] == '/')
		return g_strdup(path + length);
	return NULL;
}

static bool set_not_below(const struct board *b, const char *path, const char *mount, GError **error)
{
	g_set_error(
		error, BENCH_ERROR, BENCH_ERROR_REFUSED,
		"board %s: %s is not on the file system at \"%s\" that the kernel's folder %s is on: a boot "
		"loader has to find all on one; move it, and name it without symbolic links",
		b->name, path, mount, b->boot.dir);
	return false;
}

static bool take_file(const struct board *b, const char *path, const char *mount, char **ret, GError **error)
{
	if (!path)
		return true;
	*ret = below(path, mount);
	return *ret || set_not_below(b, path, mount, error);
}

bool method_files_find(const struct board *b, struct method_files *ret, GError **error)
{
	static const char script[] = "for f; do [ -e \"$f\" ] || { echo \"there is no $f\" >&2; exit 1; }; "
				     "stat -c %m -- \"$f\"; done\n";
	const char *const argv[] = { b->boot.dir, b->boot.initrd ? b->boot.initrd : b->boot.dir,
				     b->boot.dtb ? b->boot.dtb : b->boot.dir, NULL };
	g_autofree char *image = g_build_filename(b->boot.dir, METHOD_IMAGE, NULL);
	g_autofree char *out = ssh_must(b, "asking for its file systems", script, argv, ASK_S, error);
	g_auto(GStrv) mounts = out ? g_strsplit(out, "\n", -1) : NULL;
	g_auto(method_files) f = { 0 };

	if (!out)
		return false;
	if (g_strv_length(mounts) != 3) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
			    "board %s: it does not say where its file systems begin", b->name);
		return false;
	}
	for (size_t i = 1; i < 3; i++) {
		if (strcmp(mounts[i], mounts[0]))
			return set_not_below(b, argv[i], mounts[i], error);
	}
	if (!take_file(b, image, mounts[0], &f.image, error) ||
	    !take_file(b, b->boot.initrd, mounts[0], &f.initrd, error) ||
	    !take_file(b, b->boot.dtb, mounts[0], &f.dtb, error))
		return false;
	*ret = f;
	f = (struct method_files){ 0 };
	return true;
}

bool method_leave(const struct board *b, const char *what, const char *script, GError **error)
{
	g_auto(ssh_result) result = { 0 };

	if (!ssh_script(b, script, NULL, LEAVE_S, &result, error))
		return false;
	if (result.end == SSH_UNREACHABLE || result.end == SSH_EXPIRED ||
	    (result.end == SSH_DONE && result.status == 0))
		return true;
	ssh_set_error(b, what, &result, error);
	return false;
}

bool method_reboot(const struct board *b, GError **error)
{
	return method_leave(b, "reboot",
			    "sync\n"
			    "if [ -d /run/systemd/system ]; then systemctl reboot; else reboot; fi\n",
			    error);
}

bool method_force_reboot(const struct board *b, GError **error)
{
	static const char script[] = "echo 1 >/proc/sys/kernel/sysrq\n"
				     "for key in s u b; do echo $key >/proc/sysrq-trigger; sleep 1; done\n";

	return method_leave(b, "reboot without user space", script, error);
}

char *method_fingerprint(const struct board *b, GError **error)
{
	/* What GRUB and its scripts change at every boot is not of the default. */
	static const char script[] =
		"grub=$1 esp=$2 entry=$3\n"
		"for f in \"$grub/grub.cfg\" \"$esp/loader/loader.conf\"; do\n"
		"	[ ! -f \"$f\" ] || sha256sum -- \"$f\"\n"
		"done\n"
		"if [ -f \"$grub/grubenv\" ]; then\n"
		"	grub-editenv \"$grub/grubenv\" list | grep -vE "
		"'^(next_entry|prev_saved_entry|recordfail)=' |\n"
		"		sort\n"
		"fi\n"
		"[ ! -d \"$esp/loader/entries\" ] || ls -- \"$esp/loader/entries\" | grep -vxF \"$entry\"\n"
		"for v in /sys/firmware/efi/efivars/LoaderEntryDefault-*; do\n"
		"	[ ! -f \"$v\" ] || od -An -tx1 -- \"$v\"\n"
		"done\n"
		"exit 0\n";
	g_autofree char *grub = method_grub_dir(b);
	const char *const argv[] = { grub, method_esp(b), METHOD_ENTRY ".conf", NULL };

	return ssh_must(b, "reading its default boot entry", script, argv, ASK_S, error);
}

char *method_sentence(const char *out)
{
	g_autofree char *line = g_strndup(out, strcspn(out, "\n"));

	return *line ? text_make_plain(line) : NULL;
}

char *method_lacks(const struct board *b, const char *script, const char *const *argv, GError **error)
{
	g_autofree char *out =
		ssh_must(b, "looking for what its boot method needs", script, argv, ASK_S, error);

	return out ? method_sentence(out) : NULL;
}

bool method_answer(const struct board *b, const char *script, const char *const *argv, bool *ret,
		   GError **error)
{
	g_autofree char *out = ssh_must(b, "reading its boot loader", script, argv, ASK_S, error);

	if (!out)
		return false;
	*ret = !strcmp(out, "yes");
	return true;
}
