// SPDX-License-Identifier: GPL-2.0-only
#include "runners/profile/decode.h"

#include <stdbool.h>

/* Segments, operand and address size, lock and repeat; REX. The kernel pads calls with the first ones. */
static bool is_prefix(uint8_t byte)
{
	switch (byte) {
	case 0x26:
	case 0x2e:
	case 0x36:
	case 0x3e:
	case 0x64 ... 0x67:
	case 0xf0:
	case 0xf2:
	case 0xf3:
		return true;
	default:
		return (byte & 0xf0) == 0x40;
	}
}

/* Opcode FF has several meanings; which, stands in the middle of the next byte. */
static bool is_call_group(uint8_t modrm)
{
	return (modrm >> 3 & 7) == 2;
}

enum decode_kind decode_kind_of(const uint8_t *code, size_t size)
{
	size_t i = 0;

	while (i < size && is_prefix(code[i]))
		i++;
	if (i == size)
		return DECODE_OTHER;
	switch (code[i]) {
	case 0xe8:
		return DECODE_CALL;
	case 0xff:
		return i + 1 < size && is_call_group(code[i + 1]) ? DECODE_CALL : DECODE_OTHER;
	case 0xc2:
	case 0xc3:
		return DECODE_RETURN;
	case 0xcf:
		return DECODE_IRET;
	default:
		return DECODE_OTHER;
	}
}
