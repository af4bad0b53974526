/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Between peek.bpf.c and peek.c. Bytes that are read at a time. */
#define PEEK_WINDOW	4096

/* A list longer than this is not walked to its end. */
#define PEEK_WALK_MAX	(1 << 22)

struct peek_request {
	unsigned long long address;	/* of what is to be read, or of a list's head */
	unsigned long long length;	/* to read; of a list: what was counted */
};
