/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the text of a kernel function says of memory: the addresses that it accesses and that it hands to other
 * functions, as far as they are constants in it. It is read in a straight line, so that a register's constant
 * is not followed through branches: what comes out are claims, for somebody who can verify them (locate.c).
 * Pure; any bytes are fine.
 */
enum decode_arch {
	DECODE_X86_64,
	DECODE_ARM64,
};

enum decode_use {
	DECODE_PLAIN,
	DECODE_ADD,		/* atomically; or an exclusive load, with which that begins */
	DECODE_EXCHANGE,	/* compare and exchange: how a spinlock is taken where it is */
};

struct decode_access {
	uint64_t address;
	unsigned int bytes;
	enum decode_use use;
};

struct decode_call {
	uint64_t target;	/* of a call, or of a jump out of the text */
	uint64_t argument;	/* the first one; 0 when it is not a constant */
};

#define DECODE_ACCESSES_MAX 96
#define DECODE_CALLS_MAX 96

/* In the order of the text; what occurs twice is there once. */
struct decode {
	struct decode_access accesses[DECODE_ACCESSES_MAX];
	struct decode_call calls[DECODE_CALLS_MAX];
	unsigned int n_accesses, n_calls;
	size_t length;		/* bytes understood; fewer than given: an unknown instruction, or no room */
};

void decode_text(enum decode_arch arch, uint64_t address, const unsigned char *text, size_t size,
		 struct decode *ret);
