// SPDX-License-Identifier: GPL-2.0-only
#include "runners/board/board.h"

#include <string.h>

#include "base/error.h"
#include "base/path.h"

/* Lines 1 and 2 of most files below. */
#define HEAD "name: x1e0\narch: arm64\n"
#define SSH "ssh: {target: root@10.0.0.7}\n"
#define BOOT "boot: {base_cmdline: root=/dev/vda2}\n"
/* A file whose line 3, whose ssh in line 3, whose boot in line 4 is @line. */
#define LINE3(line) HEAD line "\n" SSH BOOT
#define SSH_LINE(keys) HEAD "ssh: {" keys "}\n" BOOT
#define BOOT_LINE(keys) HEAD SSH "boot: {base_cmdline: root=/dev/vda2, " keys "}\n"
#define CMDLINE(text) HEAD SSH "boot: {base_cmdline: " text "}\n"
#define POWER(keys) LINE3("power: {" keys "}")

#define BOARD_KEYS "expected one of: name, class, arch, ssh, console, power, boot, timeouts, lock"
#define HUNDRED                                                                                                \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"

struct wrong_board {
	const char *text;
	const char *error; /* how it begins, behind the file's name: "LINE:COLUMN: ..." */
	const char *wants; /* what it says besides */
};

/* clang-format off */
static const struct wrong_board wrong_boards[] = {
	/* The file as a whole. */
	{ "", "1:1: the file is empty", "a board file was expected" },
	{ "hello\n", "1:1: expected a board file: a mapping with name, arch, ssh and boot, found \"hello\"", "" },
	{ HEAD SSH BOOT "---\nx: 1\n", "5:1: a second document begins here", "a board file is one" },
	{ HEAD " : [", "3:2: not valid YAML: ", "" },

	/* Keys that are unknown, missing, there twice. */
	{ LINE3("bogus: 1"), "3:1: bogus: there is no such key", BOARD_KEYS },
	{ SSH_LINE("target: a, user: b"), "3:18: ssh.user: there is no such key",
	  "target, port, config, identity, known_hosts" },
	{ LINE3("console: {log: x}"), "3:11: console.log: there is no such key", "expected one of: command" },
	{ POWER("reset: x"), "3:9: power.reset: there is no such key", "on, off, cycle, status, manual" },
	{ BOOT_LINE("kernel: x"), "4:38: boot.kernel: there is no such key", "method, dir, dtb" },
	{ LINE3("timeouts: {firmware_s: 1}"), "3:12: timeouts.firmware_s: there is no such key", "connect_s" },
	{ "arch: arm64\n" SSH BOOT, "1:1: name: this key is missing", "such as `x1e0`" },
	{ "name: a\n" SSH BOOT, "1:1: arch: this key is missing", "arm64 or x86_64" },
	{ HEAD BOOT, "1:1: ssh: this key is missing", "target: USER@HOST" },
	{ HEAD SSH, "1:1: boot: this key is missing", "base_cmdline" },
	{ SSH_LINE("port: 22"), "3:6: ssh.target: this key is missing", "USER@HOST" },
	{ HEAD SSH "boot: {dir: /boot/x}\n", "4:7: boot.base_cmdline: this key is missing", "root=" },
	{ LINE3("name: b"), "3:1: name: this key stands here twice", "" },

	/* Values of the wrong type. */
	{ SSH_LINE("target: a, port: 2x"), "3:24: ssh.port: expected a whole number from 1 to 65535", "\"2x\"" },
	{ SSH_LINE("target: a, port: 022"), "3:24: ssh.port: expected a whole number", "\"022\"" },
	{ SSH_LINE("target: a, port: 0"), "3:24: ssh.port: ", "from 1 to 65535" },
	{ SSH_LINE("target: a, port: 65536"), "3:24: ssh.port: ", "from 1 to 65535" },
	{ SSH_LINE("target: a, port: -1"), "3:24: ssh.port: ", "\"-1\"" },
	{ SSH_LINE("target: a, sudo: maybe"), "3:24: ssh.sudo: expected true or false", "\"maybe\"" },
	{ SSH_LINE("target: [a]"), "3:15: ssh.target: expected USER@HOST", "a list of 1" },
	{ LINE3("timeouts: {boot_s: 5 min}"), "3:20: timeouts.boot_s: ", "\"5 min\"" },
	{ LINE3("timeouts: {recover_s: 1e9}"), "3:23: timeouts.recover_s: ", "from 1 to 3600" },
	{ LINE3("timeouts: 5"), "3:11: timeouts: expected a mapping of connect_s", "found \"5\"" },
	{ LINE3("console: screen"), "3:10: console: expected a mapping with command", "found \"screen\"" },
	{ POWER("manual: 1"), "3:17: power.manual: expected true or false", "" },
	{ POWER("cycle: [pdu, cycle]"), "3:16: power.cycle: expected a command line of a shell", "a list of 2" },
	{ LINE3("power: {cycle: }"), "3:16: power.cycle: expected a command line", "found \"\"" },
	{ "name: a\narch: riscv\n" SSH BOOT, "2:7: arch: \"riscv\" is not known", "arm64, x86_64" },
	{ BOOT_LINE("method: grub"), "4:46: boot.method: \"grub\" is not known",
	  "grub-once, kexec, sdboot-once, script" },

	/* Names that are more than names. */
	{ "name: ../x\narch: arm64\n" SSH BOOT, "1:7: name: \"../x\" cannot be used", "40 characters at most" },
	{ "name: a/b\narch: arm64\n" SSH BOOT, "1:7: name: \"a/b\" cannot be used", "letters, digits" },
	{ "name: -x\narch: arm64\n" SSH BOOT, "1:7: name: \"-x\" cannot be used", "" },
	{ "name: \"a\\nb\"\narch: arm64\n" SSH BOOT, "1:7: name: \"a b\" cannot be used", "" },
	{ "name: \"a\\n\"\narch: arm64\n" SSH BOOT, "1:7: name: \"a \" cannot be used", "" },
	{ "name: \"a\\0b\"\narch: arm64\n" SSH BOOT, "1:7: there is a byte of value 0 in this text", "" },
	{ "name: " HUNDRED "\narch: arm64\n" SSH BOOT, "1:7: name: 100 bytes of text cannot be used", "40 characters" },
	{ LINE3("class: a b"), "3:8: class: \"a b\" cannot be used", "" },

	/* What ssh would take for an option, or for more. */
	{ SSH_LINE("target: -oProxyCommand=reboot"), "3:15: ssh.target: \"-oProxyCommand=reboot\" cannot be used",
	  "USER@HOST" },
	{ SSH_LINE("target: root@-oProxyCommand=x"), "3:15: ssh.target: ", "cannot be used" },
	{ SSH_LINE("target: root@a b"), "3:15: ssh.target: ", "cannot be used" },
	{ SSH_LINE("target: root@a;reboot"), "3:15: ssh.target: ", "cannot be used" },
	{ SSH_LINE("target: 'ssh://a/'"), "3:15: ssh.target: ", "cannot be used" },
	{ SSH_LINE("target: a, host_key_alias: -x"), "3:34: ssh.host_key_alias: ", "cannot be used" },
	{ SSH_LINE("target: a, identity: -x"), "3:28: ssh.identity: ", "cannot be used" },
	{ SSH_LINE("target: a, identity: 'a\"b'"), "3:28: ssh.identity: ", "without quotes" },
	{ SSH_LINE("target: a, known_hosts: '%h'"), "3:31: ssh.known_hosts: ", "which mean more to ssh" },
	{ SSH_LINE("target: a, known_hosts: '${HOME}/x'"), "3:31: ssh.known_hosts: ", "" },
	{ SSH_LINE("target: a, config: \"x\\ty\""), "3:26: ssh.config: ", "" },

	/* Commands are shell's, but text. */
	{ POWER("cycle: \"a\\x1b[2J\""), "3:16: power.cycle: \"a [2J\" cannot be used", "without control characters" },
	{ POWER("cycle: '  '"), "3:16: power.cycle: \"  \" cannot be used", "" },
	{ POWER("cycle: none"), "3:16: power.cycle: \"none\" is no command", "leave the key out" },
	{ POWER("status: manual"), "3:17: power.status: \"manual\" is no command", "power: {manual: true}" },
	{ LINE3("console: {command: none}"), "3:20: console.command: \"none\" is no command", "" },
	{ LINE3("console: {command: \"a\\0b\"}"), "3:20: there is a byte of value 0", "" },

	/* Paths on the board. */
	{ BOOT_LINE("dir: /"), "4:43: boot.dir: \"/\" cannot be used", "" },
	{ BOOT_LINE("dir: boot/x"), "4:43: boot.dir: \"boot/x\" cannot be used", "an absolute path on the board" },
	{ BOOT_LINE("dir: /boot/../etc/x"), "4:43: boot.dir: ", "cannot be used" },
	{ BOOT_LINE("dir: /boot/x/"), "4:43: boot.dir: ", "no '/' at the end" },
	{ BOOT_LINE("dir: /boot//x"), "4:43: boot.dir: ", "cannot be used" },
	{ BOOT_LINE("dir: '/boot/x y'"), "4:43: boot.dir: ", "no blanks" },
	{ BOOT_LINE("dir: '/boot/$(reboot)'"), "4:43: boot.dir: ", "cannot be used" },
	{ BOOT_LINE("dir: \"/boot/x\\nmenuentry\""), "4:43: boot.dir: \"/boot/x menuentry\" cannot be used", "" },
	{ BOOT_LINE("dir: /boot"), "4:43: boot.dir: /boot: the kernel under test is written there", "/boot/vmapbench" },
	{ BOOT_LINE("dir: /boot/efi"), "4:43: boot.dir: /boot/efi: the kernel under test is", "" },
	{ BOOT_LINE("dir: /boot/grub/x"), "4:43: boot.dir: ", "is the system's" },
	{ BOOT_LINE("dir: /boot/firmware"), "4:43: boot.dir: ", "is the system's" },
	{ BOOT_LINE("dir: /boot/efi/EFI/x"), "4:43: boot.dir: ", "is the system's" },
	{ BOOT_LINE("dir: /usr/lib/modules"), "4:43: boot.dir: ", "is the system's" },
	{ BOOT_LINE("dir: /var/lib"), "4:43: boot.dir: ", "is the system's" },
	{ BOOT_LINE("dir: /boot/" HUNDRED HUNDRED HUNDRED), "4:43: boot.dir: 306 bytes of text", "255 characters" },
	{ BOOT_LINE("grub_custom: custom.cfg"), "4:51: boot.grub_custom: ", "an absolute path on the board" },

	/* The command line of the kernel. */
	{ CMDLINE("\"root=/dev/a\\nreboot\""), "4:22: boot.base_cmdline: \"root=/dev/a reboot\" cannot be used",
	  "one line of plain ASCII" },
	{ CMDLINE("root=/dev/a `reboot`"), "4:22: boot.base_cmdline: ", "cannot be used" },
	{ CMDLINE("root=/dev/a\\\\"), "4:22: boot.base_cmdline: ", "cannot be used" },
	{ CMDLINE("'root=/dev/a \"b\"'"), "4:22: boot.base_cmdline: ", "cannot be used" },
	{ CMDLINE("root=/dev/\xc3\xa4"), "4:22: boot.base_cmdline: ", "plain ASCII" },
	{ CMDLINE("root=/dev/a vmapbench.attempt=1"), "4:22: boot.base_cmdline: vmapbench.attempt=", "take it out" },
	{ CMDLINE("quiet"), "4:22: boot.base_cmdline: without boot.initrd the kernel has to be told root=", "" },
	{ CMDLINE("root=UUID=1-2"), "4:22: boot.base_cmdline: root=UUID=1-2 is found by an initrd", "PARTUUID" },

	/* What keys say of each other. */
	{ POWER("manual: true, cycle: x"), "3:23: power.cycle: with power.manual: true a human does this", "" },
	{ POWER("manual: true, off: x, on: x"), "3:31: power.on: with power.manual: true", "" },
	{ POWER("on: x"), "3:9: power.on: this needs power.off besides", "" },
	{ POWER("off: x"), "3:9: power.off: this needs power.on besides", "would stay so" },
	{ POWER("off_settle_s: 1"), "3:9: power.off_settle_s: this needs power.off besides", "" },
	{ LINE3("timeouts: {console_silence_s: 9}"), "3:12: timeouts.console_silence_s: this needs console.command",
	  "silent" },
	{ BOOT_LINE("method: script"), "4:7: boot.script: this key is missing", "once" },
	{ BOOT_LINE("script: x"), "4:38: boot.script: only boot.method script uses this, and it is grub-once", "" },
	{ BOOT_LINE("method: sdboot-once, esp: /efi, dir: /boot/x"), "4:75: boot.dir: /boot/x: systemd-boot reads",
	  "/efi/vmapbench" },
	{ BOOT_LINE("method: sdboot-once, esp: /efi, dir: /efi/EFI/x"), "4:75: boot.dir: /efi/EFI/x: ", "" },
	{ BOOT_LINE("method: sdboot-once, esp: /efi, dir: /efi"), "4:75: boot.dir: /efi: systemd-boot reads", "" },
};
/* clang-format on */

static void assert_refused(const struct board *b, const GError *error, const char *name,
			   const struct wrong_board *wrong)
{
	g_autofree char *begin = g_strconcat(name, ":", wrong->error, NULL);

	if (!b && g_error_matches(error, BENCH_ERROR, BENCH_ERROR_USAGE) &&
	    g_str_has_prefix(error->message, begin) && strstr(error->message, wrong->wants))
		return;
	g_test_message("the board file:\n%s", wrong->text);
	g_test_message("expected: %s ... %s", begin, wrong->wants);
	g_test_message("got:      %s", error ? error->message : "no error");
	g_test_fail();
}

static void test_wrong(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(wrong_boards); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(board) b = board_parse(wrong_boards[i].text, "b.yaml", &error);

		assert_refused(b, error, "b.yaml", &wrong_boards[i]);
	}
}

static struct board *parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct board *b = board_parse(text, "/lab/x1e0.yaml", &error);

	g_assert_no_error(error);
	return b;
}

static void test_defaults(void)
{
	g_autoptr(board) b = parse(HEAD SSH BOOT);
	g_autofree char *known_hosts = g_build_filename(g_get_home_dir(), ".ssh/known_hosts", NULL);

	g_assert_cmpstr(b->class, ==, "x1e0");
	g_assert_cmpuint(b->ssh.port, ==, 0);
	g_assert_null(b->ssh.identity);
	g_assert_cmpstr(b->ssh.known_hosts, ==, known_hosts);
	g_assert_cmpuint(b->ssh.connect_timeout_s, ==, 10);
	g_assert_cmpuint(b->ssh.alive_interval_s, ==, 5);
	g_assert_cmpuint(b->ssh.alive_count, ==, 3);
	g_assert_false(b->ssh.sudo);
	g_assert_null(b->console.command);
	g_assert_null(b->power.cycle);
	g_assert_cmpuint(b->power.off_settle_s, ==, 5);
	g_assert_cmpstr(b->boot.method, ==, "grub-once");
	g_assert_cmpstr(b->boot.dir, ==, "/boot/vmapbench");
	g_assert_cmpstr(b->boot.grub_custom, ==, "/boot/grub/custom.cfg");
	g_assert_cmpstr(b->boot.esp, ==, "/boot/efi");
	g_assert_cmpuint(b->boot.watchdog_s, ==, 0);
	g_assert_cmpuint(b->timeouts.connect_s, ==, 30);
	g_assert_cmpuint(b->timeouts.shutdown_s, ==, 60);
	g_assert_cmpuint(b->timeouts.boot_s, ==, 180);
	g_assert_cmpuint(b->timeouts.recover_s, ==, 300);
	g_assert_cmpuint(b->timeouts.console_silence_s, ==, 0);
	g_assert_cmpstr(b->lock, ==, "/var/lock/boards/x1e0.lock");
	g_assert_cmpstr(b->path, ==, "/lab/x1e0.yaml");
	g_assert_cmpstr(b->text, ==, HEAD SSH BOOT);
}

static void test_paths(void)
{
	g_autoptr(board) b =
		parse(HEAD "ssh: {target: board, config: ssh/config, identity: ~/id, known_hosts: /k}\n"
			       "console: {command: cat}\nlock: ../locks/x\n" BOOT);
	g_autofree char *identity = g_build_filename(g_get_home_dir(), "id", NULL);

	g_assert_cmpstr(b->ssh.config, ==, "/lab/ssh/config");
	g_assert_cmpstr(b->ssh.identity, ==, identity);
	g_assert_cmpstr(b->ssh.known_hosts, ==, "/k");
	g_assert_cmpstr(b->lock, ==, "/locks/x");
	g_assert_cmpuint(b->timeouts.console_silence_s, ==, 60);
}

static void test_methods(void)
{
	g_autoptr(board) sdboot = parse(BOOT_LINE("method: sdboot-once, esp: /boot/efi"));
	g_autoptr(board) kexec = parse(BOOT_LINE("method: kexec, dtb: /boot/dtbs/x.dtb"));
	g_autoptr(board) script = parse(HEAD SSH "boot:\n  base_cmdline: root=PARTUUID=1\n  method: script\n"
						 "  script: |\n    set -e\n    echo \"$1\" >tryboot.txt\n");

	g_assert_cmpstr(sdboot->boot.dir, ==, "/boot/efi/vmapbench");
	g_assert_cmpstr(kexec->boot.dtb, ==, "/boot/dtbs/x.dtb");
	g_assert_cmpstr(script->boot.script, ==, "set -e\necho \"$1\" >tryboot.txt\n");
	g_assert_cmpstr(script->boot.dir, ==, "/boot/vmapbench");
}

static struct board *load_text(const char *dir, const char *text, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "b.yaml", NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return board_load(path, error);
}

static void test_files(void)
{
	g_autofree char *dir = g_dir_make_tmp("test-board-XXXXXX", NULL);
	g_autofree char *key = g_build_filename(dir, "key", NULL);
	g_autofree char *witness = g_build_filename(dir, "witness", NULL);
	g_autofree char *hostile =
		g_strdup_printf(HEAD "ssh: {target: a, identity: key}\nconsole: {command: touch %s}\n"
				     "power: {cycle: touch %s, status: touch %s}\n" BOOT,
				witness, witness, witness);
	g_autoptr(GError) error = NULL;
	g_autoptr(board) missing = load_text(dir, hostile, &error);
	g_autoptr(board) there = NULL;

	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_nonnull(strstr(error->message, "b.yaml:3:28: ssh.identity: "));
	g_assert_nonnull(strstr(error->message, "/key: there is no such file"));
	g_assert_true(g_file_set_contents(key, "", 0, NULL));
	there = load_text(dir, hostile, NULL);
	g_assert_nonnull(there);
	g_assert_cmpstr(there->ssh.identity, ==, key);
	g_assert_false(g_file_test(witness, G_FILE_TEST_EXISTS));
	g_assert_true(path_remove_tree(dir, NULL));
}

static void test_no_file(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(board_load("/nonexistent/b.yaml", &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_true(g_str_has_prefix(error->message, "cannot read the board file: "));
	board_free(NULL);
}

/* Those of docs/boards.md, which tell what they want to be read. */
static void test_examples(void)
{
	static const char *const names[] = { "x1e-laptop.yaml", "raspberry-pi.yaml", "ipmi-server.yaml" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path =
			g_test_build_filename(G_TEST_DIST, "../../docs/boards", names[i], NULL);
		g_autoptr(GError) error = NULL;
		g_autoptr(board) b = board_load(path, &error);

		g_assert_no_error(error);
		g_assert_nonnull(strstr(b->text, "Not run on real hardware"));
	}
}

/* The corpus of the fuzzer begins with files that are taken. */
static void test_corpus(void)
{
	static const char *const names[] = { "grub.yaml", "sdboot.yaml", "script.yaml" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_test_build_filename(G_TEST_DIST, "../data/boards", names[i], NULL);
		g_autofree char *text = NULL;
		g_autoptr(GError) error = NULL;
		g_autoptr(board) b = NULL;

		g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
		b = board_parse(text, path, &error);
		g_assert_no_error(error);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/board-file/wrong", test_wrong);
	g_test_add_func("/board-file/defaults", test_defaults);
	g_test_add_func("/board-file/paths", test_paths);
	g_test_add_func("/board-file/methods", test_methods);
	g_test_add_func("/board-file/files", test_files);
	g_test_add_func("/board-file/no-file", test_no_file);
	g_test_add_func("/board-file/examples", test_examples);
	g_test_add_func("/board-file/corpus", test_corpus);
	return g_test_run();
}
