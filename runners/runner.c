// SPDX-License-Identifier: GPL-2.0-only
#include "runner.h"

#include <string.h>

#include "board/runner.h"
#include "qemu.h"

static const struct runner *const runners[] = { &qemu_runner, &board_runner };

const struct runner *runner_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(runners); i++) {
		if (!strcmp(runners[i]->name, name))
			return runners[i];
	}
	return NULL;
}
