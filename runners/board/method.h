/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "board.h"

/*
 * How a board is made to boot a kernel once, and by default the good one. To add one: a file, a line in
 * method.c.
 */
struct method {
	const char *name;
	/*
	 * Whether the board has what this needs. A sentence that says what is missing and how to get it, or
	 * NULL; caller frees.
	 */
	char *(*lacks)(const struct board *b, GError **error);
	/*
	 * The next boot, and only that, is the kernel in boot.dir with @cmdline; read back before it returns.
	 */
	bool (*arm)(const struct board *b, const char *cmdline, GError **error);
	/*
	 * Whether the one boot is still to come: asked after a boot, it says that the loader did not take it.
	 */
	bool (*pending)(const struct board *b, bool *ret_pending, GError **error);
	/* Takes arm() back; nothing of ours remains in the boot loader. */
	bool (*disarm)(const struct board *b, GError **error);
	/*
	 * What decides which kernel boots by default, as text, to be compared before and after. Caller frees.
	 */
	char *(*fingerprint)(const struct board *b, GError **error);
	/* Starts the armed boot; returns as soon as it is under way. */
	bool (*reboot)(const struct board *b, GError **error);
};

extern const struct method method_grub_once;
extern const struct method method_kexec;
extern const struct method method_sdboot_once;
extern const struct method method_script;

/* Of the board file's boot.method. */
const struct method *method_of(const struct board *b);

/* What the methods share. */

/* The name of the kernel in boot.dir. */
#define METHOD_IMAGE "Image"
/* What our entry in a boot loader is called. */
#define METHOD_ENTRY "vmapbench"
/* GRUB's folder and the EFI partition's; where they usually are when the method needs neither. Caller frees. */
char *method_grub_dir(const struct board *b);
const char *method_esp(const struct board *b);
/* The first line of a file of a boot loader that is ours; one without it is not touched. */
#define METHOD_MARK "# vmapbench wrote this for one boot, and removes it"

/* The kernel's files, as the boot loader sees them: from the root of the file system that they are on. */
typedef struct method_files {
	char *image;
	char *initrd;		/* NULL: none */
	char *dtb;		/* NULL: the firmware's */
} method_files;

/* Asks where the file systems of the files begin; an error when they are not all on one. */
bool method_files_find(const struct board *b, struct method_files *ret, GError **error);
void method_files_clear(struct method_files *f);

/* Pure: the text of GRUB's custom.cfg. NULL when @cmdline has what cannot be quoted there. Caller frees. */
char *method_grub_text(const struct method_files *f, const char *cmdline, GError **error);
/* Pure: the entry of systemd-boot. As above. */
char *method_sdboot_text(const struct method_files *f, const char *cmdline, GError **error);

/* A plain reboot, by systemd where it is there. */
bool method_reboot(const struct board *b, GError **error);
/* The kernel does it, whatever hangs in user space. */
bool method_force_reboot(const struct board *b, GError **error);
/* A reboot by @script, which may end the connection before it ends itself. */
bool method_leave(const struct board *b, const char *what, const char *script, GError **error);

/* The files and variables by which GRUB and systemd-boot choose what boots by default, without what is ours. */
char *method_fingerprint(const struct board *b, GError **error);

/* Pure: the first line of what a board said, fit to be shown; NULL when it is empty. Caller frees. */
char *method_sentence(const char *out);
/* The answer of a script of lacks(): its sentence when there is one. */
char *method_lacks(const struct board *b, const char *script, const char *const *argv, GError **error);
/* The answer of a script of pending(): "yes" or "no". */
bool method_answer(const struct board *b, const char *script, const char *const *argv, bool *ret,
		   GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(method_files, method_files_clear)
