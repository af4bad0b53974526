// SPDX-License-Identifier: GPL-2.0-only
#include "hold.h"

#include <unistd.h>

#include "lock.h"

struct hold *hold_new(struct board *b, const char *run, GError **error)
{
	struct hold *h = g_new0(struct hold, 1);

	h->board = b;
	h->lock_fd = lock_board(b, run, error);
	if (h->lock_fd >= 0)
		return h;
	hold_free(h);
	return NULL;
}

void hold_free(struct hold *h)
{
	if (!h)
		return;
	if (h->lock_fd >= 0)
		close(h->lock_fd);
	board_free(h->board);
	g_free(h->build_id);
	g_free(h->good);
	g_free(h);
}
