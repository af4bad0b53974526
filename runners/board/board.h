/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * A board file (YAML; docs/boards.md describes each key): a machine that is reached over ssh, boots its good
 * kernel by default and a kernel under test for one boot at a time. The structs are filled by libcyaml from
 * the tables in file.c; every pointer is owned by the board. Commands of the file are shell text that its
 * owner wrote; nothing that a board sends ever becomes part of one.
 */
struct board_ssh {
	char *target;			/* root@HOST */
	unsigned int port;	/* 0: ssh's own, 22 or what config says */
	char *config;			/* of ssh, absolute, or NULL */
	char *identity;			/* a private key, absolute, or NULL */
	char *known_hosts;		/* absolute; a host key that is not in it is refused */
	char *host_key_alias;		/* the name in known_hosts, or NULL */
	unsigned int connect_timeout_s;
	unsigned int alive_interval_s;	/* a connection that is silent this often is dead */
	unsigned int alive_count;
	bool sudo;			/* the user is not root, and `sudo -n` makes it root */
};

struct board_console {
	char *command;			/* its output is the serial console; NULL: there is none */
};

struct board_power {
	char *on;			/* NULL: cannot be done */
	char *off;
	char *cycle;			/* NULL: off, settle, on */
	char *status;			/* says "on" or "off" */
	bool manual;			/* a human is asked at the terminal */
	unsigned int off_settle_s;
};

struct board_boot {
	char *method;			/* grub-once | kexec | sdboot-once | script */
	char *dir;			/* on the board, ours alone: the kernel under test lies there */
	char *dtb;			/* on the board, NULL: firmware's */
	char *initrd;			/* on the board, NULL: none is needed */
	char *grub_custom;		/* /boot/grub/custom.cfg */
	char *esp;			/* /boot/efi */
	char *script;			/* method script: shell text that arms one boot; see docs/boards.md */
	char *base_cmdline;		/* root=..., console=...: of the kernel under test */
	unsigned int watchdog_s;	/* of systemd in both kernels; 0: none */
};

struct board_timeouts {
	unsigned int connect_s;		/* to the answer of a good board */
	unsigned int shutdown_s;	/* reboot asked for to the connection's end */
	unsigned int boot_s;		/* to the first answer; less when the board has shown so (history.h) */
	unsigned int recover_s;		/* to the good kernel's answer after a failure */
	unsigned int console_silence_s;	/* of a kernel that boots; 0: not looked at */
};

typedef struct board {
	char *name;
	char *class;			/* what boards alike are called, for tables */
	char *arch;
	struct board_ssh ssh;
	struct board_console console;
	struct board_power power;
	struct board_boot boot;
	struct board_timeouts timeouts;
	char *lock;			/* absolute; held while the board is ours */

	char *path;			/* as given to board_load() */
	char *text;			/* the file's content, to be frozen into the run's manifest */
} board;

/*
 * Reads and checks the board file at @path; paths in it are relative to its folder. Nothing is run. NULL with
 * BENCH_ERROR_USAGE, "file:line:column: what is wrong, what was expected".
 */
struct board *board_load(const char *path, GError **error);

/* The same from @text, as if it stood in @path, and without a look at the files that it names. */
struct board *board_parse(const char *text, const char *path, GError **error);
void board_free(struct board *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(board, board_free)
