/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What an instruction of x86_64 does to the stack of return addresses. */
enum decode_kind {
	DECODE_OTHER,
	DECODE_CALL,		/* near: stores the address to return to */
	DECODE_RETURN,		/* near: loads it */
	DECODE_IRET,		/* back from an interrupt */
};

/* Longest that decode_kind_of() needs to see. */
#define DECODE_BYTES 15

/* Pure. The kind of the instruction at the beginning of the @size bytes at @code. */
enum decode_kind decode_kind_of(const uint8_t *code, size_t size);
