// SPDX-License-Identifier: GPL-2.0-only
#include "board.h"

#include "base/schema.h"
#include "file-check.h"

/* The form of a board file: keys, types, ranges, defaults. What a text has to be is in file-check.c. */

/* clang-format off */
#define OPTIONAL CYAML_FLAG_OPTIONAL
#define TEXT SCHEMA_TEXT
#define BOOLEAN SCHEMA_BOOLEAN
#define NUMBER(key, type, member) CYAML_FIELD_UINT(key, OPTIONAL, type, member)

static const cyaml_schema_field_t ssh_fields[] = {
	TEXT("target", 0, struct board_ssh, target),
	NUMBER("port", struct board_ssh, port),
	TEXT("config", OPTIONAL, struct board_ssh, config),
	TEXT("identity", OPTIONAL, struct board_ssh, identity),
	TEXT("known_hosts", OPTIONAL, struct board_ssh, known_hosts),
	TEXT("host_key_alias", OPTIONAL, struct board_ssh, host_key_alias),
	NUMBER("connect_timeout_s", struct board_ssh, connect_timeout_s),
	NUMBER("alive_interval_s", struct board_ssh, alive_interval_s),
	NUMBER("alive_count", struct board_ssh, alive_count),
	BOOLEAN("sudo", struct board_ssh, sudo),
	CYAML_FIELD_END
};
static const cyaml_schema_field_t console_fields[] = {
	TEXT("command", OPTIONAL, struct board_console, command),
	CYAML_FIELD_END
};
static const cyaml_schema_field_t power_fields[] = {
	TEXT("on", OPTIONAL, struct board_power, on),
	TEXT("off", OPTIONAL, struct board_power, off),
	TEXT("cycle", OPTIONAL, struct board_power, cycle),
	TEXT("status", OPTIONAL, struct board_power, status),
	BOOLEAN("manual", struct board_power, manual),
	NUMBER("off_settle_s", struct board_power, off_settle_s),
	CYAML_FIELD_END
};
static const cyaml_schema_field_t boot_fields[] = {
	TEXT("method", OPTIONAL, struct board_boot, method),
	TEXT("dir", OPTIONAL, struct board_boot, dir),
	TEXT("dtb", OPTIONAL, struct board_boot, dtb),
	TEXT("initrd", OPTIONAL, struct board_boot, initrd),
	TEXT("grub_custom", OPTIONAL, struct board_boot, grub_custom),
	TEXT("esp", OPTIONAL, struct board_boot, esp),
	TEXT("script", OPTIONAL, struct board_boot, script),
	TEXT("base_cmdline", 0, struct board_boot, base_cmdline),
	NUMBER("watchdog_s", struct board_boot, watchdog_s),
	CYAML_FIELD_END
};
static const cyaml_schema_field_t timeouts_fields[] = {
	NUMBER("connect_s", struct board_timeouts, connect_s),
	NUMBER("shutdown_s", struct board_timeouts, shutdown_s),
	NUMBER("boot_s", struct board_timeouts, boot_s),
	NUMBER("recover_s", struct board_timeouts, recover_s),
	NUMBER("console_silence_s", struct board_timeouts, console_silence_s),
	CYAML_FIELD_END
};
static const cyaml_schema_field_t board_fields[] = {
	TEXT("name", 0, struct board, name),
	TEXT("class", OPTIONAL, struct board, class),
	TEXT("arch", 0, struct board, arch),
	CYAML_FIELD_MAPPING("ssh", 0, struct board, ssh, ssh_fields),
	CYAML_FIELD_MAPPING("console", OPTIONAL, struct board, console, console_fields),
	CYAML_FIELD_MAPPING("power", OPTIONAL, struct board, power, power_fields),
	CYAML_FIELD_MAPPING("boot", 0, struct board, boot, boot_fields),
	CYAML_FIELD_MAPPING("timeouts", OPTIONAL, struct board, timeouts, timeouts_fields),
	TEXT("lock", OPTIONAL, struct board, lock),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t board_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct board, board_fields)
};

static const struct schema_section sections[] = {
	{ "ssh", ssh_fields },		{ "console", console_fields },	{ "power", power_fields },
	{ "boot", boot_fields },	{ "timeouts", timeouts_fields },
	{ NULL }
};

#define SECONDS "a whole number of seconds"
#define COMMAND "a command line of a shell, of 4000 bytes at most"
#define ON_BOARD "an absolute path on the board"

static const struct schema_hint hints[] = {
	{ "name", "a short name such as `x1e0`" },
	{ "class", "a short name of boards alike, such as `x1e`" },
	{ "arch", "arm64 or x86_64" },
	{ "ssh", "a mapping with target: USER@HOST" },
	{ "target", "USER@HOST" },
	{ "port", "a number from 1 to 65535" },
	{ "config", "the name of a configuration file of ssh" },
	{ "identity", "the name of a private key" },
	{ "known_hosts", "the name of a file with host keys" },
	{ "host_key_alias", "the board's name in known_hosts" },
	{ "connect_timeout_s", SECONDS },
	{ "alive_interval_s", SECONDS },
	{ "alive_count", "a whole number" },
	{ "sudo", "true or false" },
	{ "console", "a mapping with command" },
	{ "command", COMMAND },
	{ "power", "a mapping of on, off, cycle, status, manual, off_settle_s" },
	{ "on", COMMAND },
	{ "off", COMMAND },
	{ "cycle", COMMAND },
	{ "status", COMMAND },
	{ "manual", "true or false" },
	{ "off_settle_s", SECONDS },
	{ "boot", "a mapping with base_cmdline and what differs from the defaults" },
	{ "method", "grub-once, kexec, sdboot-once or script" },
	{ "dir", ON_BOARD },
	{ "dtb", ON_BOARD },
	{ "initrd", ON_BOARD },
	{ "grub_custom", ON_BOARD },
	{ "esp", ON_BOARD },
	{ "script", COMMAND },
	{ "base_cmdline", "kernel parameters such as `root=/dev/nvme0n1p2 console=ttyS0`" },
	{ "watchdog_s", SECONDS ", 0 for none" },
	{ "timeouts", "a mapping of connect_s, shutdown_s, boot_s, recover_s, console_silence_s" },
	{ "connect_s", SECONDS },
	{ "shutdown_s", SECONDS },
	{ "boot_s", SECONDS },
	{ "recover_s", SECONDS },
	{ "console_silence_s", SECONDS ", 0 for any length" },
	{ "lock", "the name of a file" },
	{ NULL }
};

static const struct schema board_form = {
	.wants = "a board file: a mapping with name, arch, ssh and boot",
	.value = &board_value,
	.fields = board_fields,
	.sections = sections,
	.hints = hints,
};

static const struct schema_number numbers[] = {
	{ "ssh.port", offsetof(struct board, ssh.port), 1, 65535, 0 },
	{ "ssh.connect_timeout_s", offsetof(struct board, ssh.connect_timeout_s), 1, 300, 10 },
	{ "ssh.alive_interval_s", offsetof(struct board, ssh.alive_interval_s), 1, 300, 5 },
	{ "ssh.alive_count", offsetof(struct board, ssh.alive_count), 1, 100, 3 },
	{ "power.off_settle_s", offsetof(struct board, power.off_settle_s), 0, 600, 5 },
	{ "boot.watchdog_s", offsetof(struct board, boot.watchdog_s), 0, 3600, 0 },
	{ "timeouts.connect_s", offsetof(struct board, timeouts.connect_s), 1, 3600, 30 },
	{ "timeouts.shutdown_s", offsetof(struct board, timeouts.shutdown_s), 1, 3600, 60 },
	{ "timeouts.boot_s", offsetof(struct board, timeouts.boot_s), 1, 3600, 180 },
	{ "timeouts.recover_s", offsetof(struct board, timeouts.recover_s), 1, 3600, 300 },
	{ "timeouts.console_silence_s", offsetof(struct board, timeouts.console_silence_s), 0, 3600, 60 },
	{ NULL }
};
/* clang-format on */

static struct board *parse(const char *text, const char *path, bool with_files, GError **error)
{
	g_autoptr(yaml_where) where = yaml_where_new(text, path, "board file", error);
	g_autoptr(board) b = where ? schema_load(&board_form, text, where, error) : NULL;

	if (!b)
		return NULL;
	b->path = g_strdup(path);
	b->text = g_strdup(text);
	if (!schema_set_numbers(numbers, b, "", where, error) || !file_check(b, where, with_files, error))
		return NULL;
	return g_steal_pointer(&b);
}

struct board *board_parse(const char *text, const char *path, GError **error)
{
	return parse(text, path, false, error);
}

struct board *board_load(const char *path, GError **error)
{
	g_autofree char *text = schema_read_file(path, "board file", error);

	return text ? parse(text, path, true, error) : NULL;
}

void board_free(struct board *b)
{
	if (!b)
		return;
	g_free(b->path);
	g_free(b->text);
	schema_free(&board_form, b);
}
