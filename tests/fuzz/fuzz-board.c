// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "runners/board/board.h"

/* Any text is either a board that can be handed to ssh and a boot loader, or a sentence with a position. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What no accepted file may have, said in other words than the patterns that refuse it. */
static void check(const struct board *b)
{
	const char *const on_board[] = { b->boot.dir, b->boot.dtb, b->boot.initrd, b->boot.grub_custom,
					 b->boot.esp };

	if (b->ssh.target[0] == '-' || strpbrk(b->ssh.target, " \n\t;&|$`'\"\\") || strchr(b->name, '/'))
		abort();
	if (strpbrk(b->boot.base_cmdline, "\n\t\r'\"`\\") || !strcmp(b->boot.dir, "/boot"))
		abort();
	for (size_t i = 0; i < G_N_ELEMENTS(on_board); i++) {
		if (!on_board[i])
			continue;
		if (on_board[i][0] != '/' || strstr(on_board[i], "/..") || strpbrk(on_board[i], " \n$'\""))
			abort();
	}
	if (!g_path_is_absolute(b->lock) || !g_path_is_absolute(b->ssh.known_hosts))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(board) b = board_parse(text, "board.yaml", &error);

	if (b)
		check(b);
	else if (error->code != BENCH_ERROR_USAGE || !g_str_has_prefix(error->message, "board.yaml:"))
		abort();
	return 0;
}
