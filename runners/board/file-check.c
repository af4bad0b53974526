// SPDX-License-Identifier: GPL-2.0-only
#include "file-check.h"

#include <string.h>

#include "facts.h"

/*
 * Kinds of text. Each is strict about what would mean something else to ssh, to a boot loader, or to a
 * terminal; only commands, which their owner wrote for a shell, may hold anything that can be printed.
 */
struct text_kind {
	const char *pattern;	/* of the whole text */
	glong longest;		/* characters */
	const char *wants;
	bool is_local;		/* a path of this machine, relative to the board file's folder or to ~/ */
};

/* clang-format off */
static const struct text_kind
	short_name = { "[A-Za-z0-9][A-Za-z0-9_.-]*", 40,
		       "letters, digits, '.', '_' or '-', the first a letter or a digit" },
	ssh_target = { "([A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9:][A-Za-z0-9_.:-]*", 255,
		       "USER@HOST or HOST: letters, digits, '.', '_', '-' and ':', none beginning with '-'" },
	ssh_host = { "[A-Za-z0-9][A-Za-z0-9_.:-]*", 255,
		     "letters, digits, '.', '_', '-' and ':', a letter or a digit first" },
	ssh_file = { "[^\\p{Cc}\"'\\\\%$-][^\\p{Cc}\"'\\\\%$]*", 1000,
		     "the name of a file without quotes, '\\', '%' and '$', which mean more to ssh",
		     .is_local = true },
	local_file = { "[^\\p{Cc}-]\\P{Cc}*", 1000,
		       "the name of a file, without control characters, not beginning with '-'",
		       .is_local = true },
	board_path = { "(/[A-Za-z0-9_+@][A-Za-z0-9_+@.:,=-]*)+", 255,
		       "an absolute path on the board such as /boot/vmapbench: no blanks, no '..', no part "
		       "that begins with '.' or '-', no '/' at the end" },
	command = { "(?=[\\s\\S]*\\S)[\\n\\t\\P{Cc}]+", 4000,
		    "a command line of a shell, without control characters" },
	cmdline = { "[ !#-&(-[\\]-_a-~]+", 1024,
		    "one line of plain ASCII without quotes and '\\', which a boot loader may change" };

static const struct text_rule {
	const char *place;
	size_t offset;
	const struct text_kind *kind;
} texts[] = {
	{ "name", offsetof(struct board, name), &short_name },
	{ "class", offsetof(struct board, class), &short_name },
	{ "ssh.target", offsetof(struct board, ssh.target), &ssh_target },
	{ "ssh.config", offsetof(struct board, ssh.config), &ssh_file },
	{ "ssh.identity", offsetof(struct board, ssh.identity), &ssh_file },
	{ "ssh.known_hosts", offsetof(struct board, ssh.known_hosts), &ssh_file },
	{ "ssh.host_key_alias", offsetof(struct board, ssh.host_key_alias), &ssh_host },
	{ "console.command", offsetof(struct board, console.command), &command },
	{ "power.on", offsetof(struct board, power.on), &command },
	{ "power.off", offsetof(struct board, power.off), &command },
	{ "power.cycle", offsetof(struct board, power.cycle), &command },
	{ "power.status", offsetof(struct board, power.status), &command },
	{ "boot.dir", offsetof(struct board, boot.dir), &board_path },
	{ "boot.dtb", offsetof(struct board, boot.dtb), &board_path },
	{ "boot.initrd", offsetof(struct board, boot.initrd), &board_path },
	{ "boot.grub_custom", offsetof(struct board, boot.grub_custom), &board_path },
	{ "boot.esp", offsetof(struct board, boot.esp), &board_path },
	{ "boot.script", offsetof(struct board, boot.script), &command },
	{ "boot.base_cmdline", offsetof(struct board, boot.base_cmdline), &cmdline },
	{ "lock", offsetof(struct board, lock), &local_file },
};
/* clang-format on */

static char **text_at(struct board *b, size_t offset)
{
	return G_STRUCT_MEMBER_P(b, offset);
}

static bool matches(const char *text, const char *pattern)
{
	g_autofree char *whole = g_strdup_printf("^(?:%s)\\z", pattern);

	return g_regex_match_simple(whole, text, 0, 0);
}

static char *make_absolute(const struct board *b, const char *path)
{
	g_autofree char *folder = g_path_get_dirname(b->path);
	g_autofree char *from = g_canonicalize_filename(folder, NULL);

	return g_str_has_prefix(path, "~/") ? g_canonicalize_filename(path + 2, g_get_home_dir()) :
					      g_canonicalize_filename(path, from);
}

static bool check_text(struct board *b, const struct yaml_where *where, const struct text_rule *rule,
		       GError **error)
{
	char **text = text_at(b, rule->offset);
	const struct text_kind *kind = rule->kind;
	g_autofree char *shown = yaml_where_describe(where, rule->place);
	char *absolute;

	if (!*text)
		return true;
	if (g_utf8_strlen(*text, -1) > kind->longest || !matches(*text, kind->pattern))
		return yaml_where_refuse(where, rule->place, error,
					 "%s cannot be used; expected %s, %ld characters at most", shown,
					 kind->wants, kind->longest);
	/* What other tools' files say for "there is none". */
	if (kind == &command && matches(*text, "none|manual"))
		return yaml_where_refuse(where, rule->place, error,
					 "%s is no command; leave the key out when there is none, and say "
					 "power: {manual: true} when a human does it",
					 shown);
	if (kind->is_local) {
		absolute = make_absolute(b, *text);
		g_free(*text);
		*text = absolute;
	}
	return true;
}

static bool check_texts(struct board *b, const struct yaml_where *where, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (!check_text(b, where, &texts[i], error))
			return false;
	}
	return true;
}

static bool check_word(const struct yaml_where *where, const char *place, const char *word,
		       const char *const *known, GError **error)
{
	g_autofree char *list = g_strjoinv(", ", (char **)known);
	g_autofree char *shown = yaml_where_describe(where, place);

	return g_strv_contains(known, word) ||
	       yaml_where_refuse(where, place, error, "%s is not known; expected one of: %s", shown, list);
}

static bool check_words(struct board *b, const struct yaml_where *where, GError **error)
{
	static const char *const arches[] = { "arm64", "x86_64", NULL };
	static const char *const methods[] = { "grub-once", "kexec", "sdboot-once", "script", NULL };

	if (!b->boot.method)
		b->boot.method = g_strdup(methods[0]);
	return check_word(where, "arch", b->arch, arches, error) &&
	       check_word(where, "boot.method", b->boot.method, methods, error);
}

static bool check_script(const struct board *b, const struct yaml_where *where, GError **error)
{
	bool is_method = !strcmp(b->boot.method, "script");

	if (is_method && !b->boot.script)
		return yaml_where_refuse(where, "boot.script", error,
					 "this key is missing; boot.method script needs the commands that boot "
					 "the kernel in boot.dir once");
	if (b->boot.script && !is_method)
		return yaml_where_refuse_key(where, "boot.script", error,
					     "only boot.method script uses this, and it is %s; take one of the "
					     "two out",
					     b->boot.method);
	return true;
}

/* A key that is of no use without another. */
static const struct { const char *place, *needs, *why; } companions[] = {
	{ "power.on", "power.off", "a board that can only be switched on cannot be brought back" },
	{ "power.off", "power.on", "a board that can only be switched off would stay so" },
	{ "power.off_settle_s", "power.off", "it is the time between power.off and power.on" },
	{ "timeouts.console_silence_s", "console.command", "without a console all boots are silent" },
};

static bool check_companions(const struct yaml_where *where, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(companions); i++) {
		if (yaml_where_has(where, companions[i].place) && !yaml_where_has(where, companions[i].needs))
			return yaml_where_refuse_key(where, companions[i].place, error,
						     "this needs %s besides: %s", companions[i].needs,
						     companions[i].why);
	}
	return true;
}

static bool check_power(const struct board *b, const struct yaml_where *where, GError **error)
{
	static const char *const commands[] = { "power.on", "power.off", "power.cycle" };

	for (size_t i = 0; b->power.manual && i < G_N_ELEMENTS(commands); i++) {
		if (yaml_where_has(where, commands[i]))
			return yaml_where_refuse_key(where, commands[i], error,
						     "with power.manual: true a human does this; take one of "
						     "the two out");
	}
	return true;
}

/* Folders in which everything is somebody else's. */
#define TAKEN_FOLDERS \
	"/[^/]+|/(bin|dev|etc|lib[^/]*|proc|run|sbin|sys|usr)/.*|/(home|media|var)/[^/]+|" \
	"/boot/(efi|EFI|firmware|grub2?|loader|overlays|dtbs?)|/boot/(grub2?|loader|efi/EFI)/.*"

static bool lies_below(const char *path, const char *folder)
{
	return g_str_has_prefix(path, folder) && path[strlen(folder)] == '/';
}

/* systemd-boot reads no other file system. */
static bool check_dir_on_esp(const struct board *b, const struct yaml_where *where, GError **error)
{
	const char *rest = b->boot.dir + strlen(b->boot.esp);

	if (lies_below(b->boot.dir, b->boot.esp) && !matches(rest, "/(EFI|loader)(/.*)?"))
		return true;
	return yaml_where_refuse(where, "boot.dir", error,
				 "%s: systemd-boot reads kernels from the EFI system partition (boot.esp, %s); "
				 "expected a folder of its own there, such as %s/vmapbench",
				 b->boot.dir, b->boot.esp, b->boot.esp);
}

static bool check_dir(struct board *b, const struct yaml_where *where, GError **error)
{
	bool on_esp = !strcmp(b->boot.method, "sdboot-once");

	if (!b->boot.dir)
		b->boot.dir = g_build_filename(on_esp ? b->boot.esp : "/boot", "vmapbench", NULL);
	if (on_esp)
		return check_dir_on_esp(b, where, error);
	if (!matches(b->boot.dir, TAKEN_FOLDERS))
		return true;
	return yaml_where_refuse(where, "boot.dir", error,
				 "%s: the kernel under test is written there, and that folder is the system's; "
				 "expected a folder of its own, such as /boot/vmapbench",
				 b->boot.dir);
}

/* The value of the parameter @name= of the kernel, or NULL. Borrowed from @words. */
static const char *parameter(char **words, const char *name)
{
	for (; *words; words++) {
		if (g_str_has_prefix(*words, name))
			return *words + strlen(name);
	}
	return NULL;
}

static bool check_cmdline(const struct board *b, const struct yaml_where *where, GError **error)
{
	static const char place[] = "boot.base_cmdline";
	g_auto(GStrv) words = g_strsplit(b->boot.base_cmdline, " ", -1);
	const char *root = parameter(words, "root=");

	if (parameter(words, FACTS_TOKEN))
		return yaml_where_refuse(where, place, error,
					 FACTS_TOKEN " is put there for each boot; take it out");
	if (b->boot.initrd)
		return true;
	if (!root)
		return yaml_where_refuse(where, place, error,
					 "without boot.initrd the kernel has to be told root=, such as "
					 "root=/dev/nvme0n1p2");
	if (g_str_has_prefix(root, "UUID=") || g_str_has_prefix(root, "LABEL="))
		return yaml_where_refuse(where, place, error,
					 "root=%s is found by an initrd, and there is no boot.initrd; expected "
					 "root=PARTUUID=... (`blkid` shows it) or root=/dev/...",
					 root);
	return true;
}

/* Those that ssh would take for missing only when the board is wanted. */
static bool check_files(const struct board *b, const struct yaml_where *where, GError **error)
{
	const struct { const char *place, *path; } files[] = {
		{ "ssh.config", b->ssh.config },
		{ "ssh.identity", b->ssh.identity },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		if (files[i].path && !g_file_test(files[i].path, G_FILE_TEST_IS_REGULAR))
			return yaml_where_refuse(where, files[i].place, error, "%s: there is no such file",
						 files[i].path);
	}
	return true;
}

static void set_defaults(struct board *b)
{
	if (!b->class)
		b->class = g_strdup(b->name);
	if (!b->ssh.known_hosts)
		b->ssh.known_hosts = g_build_filename(g_get_home_dir(), ".ssh", "known_hosts", NULL);
	if (!b->boot.grub_custom)
		b->boot.grub_custom = g_strdup("/boot/grub/custom.cfg");
	if (!b->boot.esp)
		b->boot.esp = g_strdup("/boot/efi");
	if (!b->lock)
		b->lock = g_strdup_printf("/var/lock/boards/%s.lock", b->name);
	if (!b->console.command)
		b->timeouts.console_silence_s = 0;
}

bool file_check(struct board *b, const struct yaml_where *where, bool with_files, GError **error)
{
	if (!check_texts(b, where, error) || !check_words(b, where, error))
		return false;
	set_defaults(b);
	return check_script(b, where, error) && check_companions(where, error) &&
	       check_power(b, where, error) && check_dir(b, where, error) && check_cmdline(b, where, error) &&
	       (!with_files || check_files(b, where, error));
}
