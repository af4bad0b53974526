// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/decode.h"

#include <string.h>

#define REGISTERS 32
#define BIT(n) (1U << (n))

/* The registers that hold a constant. */
struct state {
	uint64_t value[REGISTERS];
	uint32_t known;
	uint64_t begin, end;		/* of the text */
	struct decode *out;
	bool full;
};

static void set(struct state *s, unsigned int reg, uint64_t value)
{
	s->value[reg] = value;
	s->known |= BIT(reg);
}

static void forget(struct state *s, unsigned int reg)
{
	s->known &= ~BIT(reg);
}

static void copy(struct state *s, unsigned int to, unsigned int from)
{
	if (s->known & BIT(from))
		set(s, to, s->value[from]);
	else
		forget(s, to);
}

static void add_access(struct state *s, uint64_t address, unsigned int bytes, enum decode_use use)
{
	struct decode *d = s->out;
	unsigned int i;

	for (i = 0; i < d->n_accesses; i++) {
		const struct decode_access *a = &d->accesses[i];

		if (a->address == address && a->bytes == bytes && a->use == use)
			return;
	}
	if (d->n_accesses == DECODE_ACCESSES_MAX)
		s->full = true;
	else
		d->accesses[d->n_accesses++] = (struct decode_access){ address, bytes, use };
}

static void add_call(struct state *s, uint64_t target, unsigned int argument_register)
{
	uint64_t argument = s->known & BIT(argument_register) ? s->value[argument_register] : 0;
	struct decode *d = s->out;
	unsigned int i;

	for (i = 0; i < d->n_calls; i++)
		if (d->calls[i].target == target && d->calls[i].argument == argument)
			return;
	if (d->n_calls == DECODE_CALLS_MAX)
		s->full = true;
	else
		d->calls[d->n_calls++] = (struct decode_call){ target, argument };
}

static bool inside(const struct state *s, uint64_t address)
{
	return address >= s->begin && address < s->end;
}

static uint32_t le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/*
 * x86_64, Intel SDM volume 2, appendix A. What follows an opcode:
 *   . nothing   m ModRM   b imm8   z imm32 (imm16 with 66)   B, Z ModRM and those   w imm16
 *   v imm of the register
 *   o 8-byte offset   j rel8   c rel32   g, G ModRM, and imm8, immz for a test   p prefix   x not known here
 */
static const char one_byte[] =
	"mmmmbzxxmmmmbzxx" "mmmmbzxxmmmmbzxx" "mmmmbzpxmmmmbzpx" "mmmmbzpxmmmmbzpx"
	"xxxxxxxxxxxxxxxx" "................" "xxxmppppzZbB...." "jjjjjjjjjjjjjjjj"
	"BZxBmmmmmmmmmmmm" "..........x....." "oooo....bz......" "bbbbbbbbvvvvvvvv"
	"BBw.xxBZx.w..bx." "mmmmxxx.mmmmmmmm" "jjjjbbbbccxj...." "p.pp..gG......mm";

/* Behind 0F. */
static const char two_byte[] =
	"mmmmx.....x.xm.x" "mmmmmmmmmmmmmmmm" "mmmmxxxxmmmmmmmm" "......x.xxxxxxxx"
	"mmmmmmmmmmmmmmmm" "mmmmmmmmmmmmmmmm" "mmmmmmmmmmmmmmmm" "BBBBmmm.mmxxmmmm"
	"cccccccccccccccc" "mmmmmmmmmmmmmmmm" "...mBmxx...mBmmm" "mmmmmmmmmmBmmmmm"
	"mmBmBBBm........" "mmmmmmmmmmmmmmmm" "mmmmmmmmmmmmmmmm" "mmmmmmmmmmmmmmmm";

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI };
#define X86_CALL_CLOBBERS (BIT(RAX) | BIT(RCX) | BIT(RDX) | BIT(RSI) | BIT(RDI) | 0xf00)

struct x86 {
	const unsigned char *bytes;
	size_t length;
	unsigned int opcode;		/* 0x100 | the second byte, behind 0F */
	unsigned char rex;
	bool lock, segment, narrow;	/* prefixes F0, 64 or 65, 66 */
	bool has_modrm;
	unsigned int mod, reg, rm;
	bool has_address;		/* of memory, a constant */
	bool relative;			/* to the next instruction */
	int64_t address;
	size_t immediate, immediate_size;
};

static bool x86_prefix(struct x86 *x, unsigned char byte)
{
	if (one_byte[byte] != 'p')
		return false;
	x->lock |= byte == 0xf0;
	x->segment |= byte == 0x64 || byte == 0x65;
	x->narrow |= byte == 0x66;
	return true;
}

static bool x86_opcode(struct x86 *x, size_t size, size_t *at)
{
	while (*at < size && x86_prefix(x, x->bytes[*at]))
		(*at)++;
	if (*at < size && (x->bytes[*at] & 0xf0) == 0x40)
		x->rex = x->bytes[(*at)++];
	if (*at >= size)
		return false;
	x->opcode = x->bytes[(*at)++];
	if (x->opcode != 0x0f)
		return true;
	if (*at >= size)
		return false;
	x->opcode = 0x100 | x->bytes[(*at)++];
	return true;
}

static bool x86_modrm(struct x86 *x, size_t size, size_t *at)
{
	unsigned int displacement = 0, low, base;
	bool indexed = false;

	if (*at >= size)
		return false;
	x->has_modrm = true;
	x->mod = x->bytes[*at] >> 6;
	x->reg = (x->bytes[*at] >> 3 & 7) | (x->rex & 4) << 1;
	low = base = x->bytes[(*at)++] & 7;
	x->rm = low | (x->rex & 1) << 3;
	if (x->mod == 3)
		return true;
	if (low == 4) {
		if (*at >= size)
			return false;
		base = x->bytes[*at] & 7;
		indexed = (x->bytes[(*at)++] >> 3 & 7) != 4 || (x->rex & 2);
	}
	displacement = x->mod == 1 ? 1 : x->mod == 2 || base == 5 ? 4 : 0;
	if (*at + displacement > size)
		return false;
	if (x->mod == 0 && base == 5 && !indexed) {
		x->has_address = !x->segment;
		x->relative = low == 5;
		x->address = (int32_t)le32(x->bytes + *at);
	}
	*at += displacement;
	return true;
}

static size_t x86_immediate_size(const struct x86 *x, char form)
{
	size_t z = x->narrow ? 2 : 4;

	switch (form) {
	case 'b': case 'B': case 'j':
		return 1;
	case 'w':
		return 2;
	case 'z': case 'Z':
		return z;
	case 'c':
		return 4;
	case 'v':
		return x->rex & 8 ? 8 : z;
	case 'o':
		return 8;
	case 'g':
		return (x->reg & 7) < 2 ? 1 : 0;
	case 'G':
		return (x->reg & 7) < 2 ? z : 0;
	default:
		return 0;
	}
}

/* One instruction. False when it is not known, or cut off. */
static bool x86_read(struct x86 *x, const unsigned char *bytes, size_t size)
{
	size_t at = 0;
	char form;

	*x = (struct x86){ .bytes = bytes };
	if (!x86_opcode(x, size, &at))
		return false;
	form = x->opcode & 0x100 ? two_byte[x->opcode & 0xff] : one_byte[x->opcode];
	if (form == 'x' || form == 'p')
		return false;
	if (strchr("mBZgG", form) && !x86_modrm(x, size, &at))
		return false;
	x->immediate = at;
	x->immediate_size = x86_immediate_size(x, form);
	x->length = at + x->immediate_size;
	/* The longest that the processor takes. */
	return x->length <= size && x->length <= 15;
}

static int64_t x86_immediate(const struct x86 *x)
{
	const unsigned char *p = x->bytes + x->immediate;

	switch (x->immediate_size) {
	case 1:
		return (int8_t)p[0];
	case 4:
		return (int32_t)le32(p);
	case 8:
		return (int64_t)(le32(p) | (uint64_t)le32(p + 4) << 32);
	default:
		return 0;
	}
}

static unsigned int x86_access_bytes(const struct x86 *x)
{
	static const unsigned char byte_wide[] = { 0x80, 0x84, 0x86, 0x88, 0x8a, 0xc0,
						   0xc6, 0xd0, 0xd2, 0xf6, 0xfe };

	if (x->opcode == 0x1b6 || x->opcode == 0x1be || (x->opcode >> 4) == 0x19)
		return 1;
	if (x->opcode == 0x1b7 || x->opcode == 0x1bf)
		return 2;
	if (x->opcode < 0x40 ? !(x->opcode & 1)
			     : x->opcode < 0x100 && memchr(byte_wide, (int)x->opcode, sizeof(byte_wide)))
		return 1;
	return x->opcode == 0x63 ? 4 : x->rex & 8 ? 8 : x->narrow ? 2 : 4;
}

static bool x86_is_group(unsigned int opcode)
{
	static const unsigned char groups[] = { 0x80, 0x81, 0x83, 0x8f, 0xc0, 0xc1, 0xc6, 0xc7,
						0xd0, 0xd1, 0xd2, 0xd3, 0xf6, 0xf7, 0xfe, 0xff };

	return opcode < 0x100 ? memchr(groups, (int)opcode, sizeof(groups)) != NULL :
				opcode == 0x1ba || opcode == 0x1ae || opcode == 0x1c7;
}

static bool x86_writes_memory_only(const struct x86 *x)
{
	bool alu_store = x->opcode < 0x40 && (x->opcode & 7) < 2;

	return x->mod != 3 && (alu_store || x->opcode == 0x88 || x->opcode == 0x89);
}

static bool x86_compares(const struct x86 *x)
{
	unsigned int extension = x->reg & 7;

	return (x->opcode >= 0x38 && x->opcode <= 0x3b) || x->opcode == 0x84 || x->opcode == 0x85 ||
	       x->opcode == 0x1a3 ||
	       ((x->opcode == 0x80 || x->opcode == 0x81 || x->opcode == 0x83) && extension == 7) ||
	       ((x->opcode == 0xf6 || x->opcode == 0xf7) && extension < 2) ||
	       (x->opcode == 0x1ba && extension == 4);
}

/* What an instruction with a ModRM does to the constants. */
static void x86_modrm_effect(struct state *s, const struct x86 *x, uint64_t next)
{
	bool wide = x->rex & 8;

	if (x->opcode == 0x8d && x->relative && wide) {
		set(s, x->reg, next + (uint64_t)x->address);
	} else if (x->opcode == 0xc7 && x->mod == 3 && wide) {
		set(s, x->rm, (uint64_t)x86_immediate(x));
	} else if (x->opcode == 0x89 && x->mod == 3 && wide) {
		copy(s, x->rm, x->reg);
	} else if (x->opcode == 0x8b && x->mod == 3 && wide) {
		copy(s, x->reg, x->rm);
	} else if (x->opcode == 0xff && (x->reg & 7) == 2) {
		s->known &= ~X86_CALL_CLOBBERS;
	} else if (x->opcode == 0xff && (x->reg & 7) == 4) {
		s->known = 0;
	} else if (!x86_compares(x) && !x86_writes_memory_only(x)) {
		if (!x86_is_group(x->opcode))
			forget(s, x->reg);
		if (x->mod == 3)
			forget(s, x->rm);
		/* Multiplication, division, compare and exchange have results of their own places. */
		if ((x->opcode & 0xfe) == 0xf6 || (x->opcode & 0xfe) == 0xb0 || x->opcode == 0x1c7)
			s->known &= ~(BIT(RAX) | BIT(RDX));
	}
}

static void x86_branch(struct state *s, const struct x86 *x, uint64_t next)
{
	uint64_t target = next + (uint64_t)x86_immediate(x);

	if (x->opcode == 0xe8 || !inside(s, target))
		add_call(s, target, RDI);
	if (x->opcode == 0xe8)
		s->known &= ~X86_CALL_CLOBBERS;
	else if (x->opcode == 0xe9 || x->opcode == 0xeb)
		s->known = 0;
}

static void x86_plain_effect(struct state *s, const struct x86 *x)
{
	unsigned int low = (x->opcode & 7) | (x->rex & 1) << 3;

	if (x->opcode >= 0xb8 && x->opcode <= 0xbf && x->immediate_size >= 4)
		set(s, low, x->immediate_size == 8 ? (uint64_t)x86_immediate(x) : (uint32_t)x86_immediate(x));
	else if (x->opcode == 0xc3 || x->opcode == 0xc2)
		s->known = 0;
	else if (x->opcode >= 0x58 && x->opcode <= 0x5f)
		forget(s, low);
	else if ((x->opcode < 0x50 || x->opcode > 0x57) && x->opcode != 0x90)
		s->known &= ~(X86_CALL_CLOBBERS | BIT(RBX) | BIT(low));
}

static bool x86_is_branch(unsigned int opcode)
{
	return opcode == 0xe8 || opcode == 0xe9 || opcode == 0xeb || (opcode & 0xf0) == 0x70 ||
	       (opcode >> 4) == 0x18;
}

static enum decode_use x86_use(const struct x86 *x)
{
	bool adds = x->opcode == 0x1c1 || x->opcode == 0x01 ||
		    ((x->opcode == 0x81 || x->opcode == 0x83) && (x->reg & 7) == 0);

	if (!x->lock)
		return DECODE_PLAIN;
	return adds ? DECODE_ADD : x->opcode == 0x1b1 ? DECODE_EXCHANGE : DECODE_PLAIN;
}

static size_t x86_step(struct state *s, uint64_t address, const unsigned char *bytes, size_t size)
{
	uint64_t next;
	struct x86 x;

	if (!x86_read(&x, bytes, size))
		return 0;
	next = address + x.length;
	if (x.has_address && x.opcode != 0x8d)
		add_access(s, (uint64_t)x.address + (x.relative ? next : 0), x86_access_bytes(&x), x86_use(&x));
	if (x.has_modrm)
		x86_modrm_effect(s, &x, next);
	else if (x86_is_branch(x.opcode))
		x86_branch(s, &x, next);
	else
		x86_plain_effect(s, &x);
	return x.length;
}

/* arm64, Arm ARM section C4: an instruction is of a class when its bits under a mask are these. */
#define ARM_IS(word, mask, bits) (((word) & (mask)) == (bits))
#define ARM_CALL_CLOBBERS 0x4007ffffU		/* x0 to x18, and the link register */
#define ARM_ZERO 31

static int64_t sign_extend(uint64_t value, unsigned int bits)
{
	return (int64_t)(value << (64 - bits)) >> (64 - bits);
}

static void arm_write(struct state *s, unsigned int reg)
{
	if (reg != ARM_ZERO)
		forget(s, reg);
}

static void arm_branch(struct state *s, uint32_t word, uint64_t address)
{
	uint64_t target = address + (uint64_t)(sign_extend(word & 0x3ffffff, 26) * 4);
	bool links = word >> 31;

	if (links || !inside(s, target))
		add_call(s, target, 0);
	if (links)
		s->known &= ~ARM_CALL_CLOBBERS;
	/* Behind one within the text may be the other way to do the same: the kernel patches such branches. */
	else if (!inside(s, target))
		s->known = 0;
}

static void arm_page(struct state *s, uint32_t word, uint64_t address)
{
	int64_t offset = sign_extend((uint64_t)(word >> 5 & 0x7ffff) << 2 | (word >> 29 & 3), 21);
	unsigned int to = word & 31;

	if (to == ARM_ZERO)
		return;
	if (word >> 31)
		set(s, to, (address & ~0xfffULL) + (uint64_t)(offset * 4096));
	else
		set(s, to, address + (uint64_t)offset);
}

static void arm_add(struct state *s, uint32_t word)
{
	unsigned int from = word >> 5 & 31, to = word & 31;
	uint64_t immediate = (uint64_t)(word >> 10 & 0xfff) << (word & BIT(22) ? 12 : 0);

	/* 31 is the stack's here. */
	if (to == ARM_ZERO)
		return;
	if (from != ARM_ZERO && (s->known & BIT(from)))
		set(s, to, s->value[from] + immediate);
	else
		forget(s, to);
}

static void arm_move(struct state *s, uint32_t word)
{
	unsigned int from = word >> 16 & 31, to = word & 31;

	if (to == ARM_ZERO)
		return;
	if (from == ARM_ZERO)
		forget(s, to);
	else
		copy(s, to, from);
}

/* Loads and stores of one register. */
static void arm_memory(struct state *s, uint32_t word)
{
	unsigned int scale = word >> 30, base = word >> 5 & 31;
	bool scaled = ARM_IS(word, 0x3f000000, 0x39000000);
	bool exclusive = ARM_IS(word, 0x3fff7c00, 0x085f7c00);
	bool adds = ARM_IS(word, 0x3f20fc00, 0x38200000), exchanges = ARM_IS(word, 0x3fa07c00, 0x08a07c00);
	enum decode_use use = exclusive || adds ? DECODE_ADD : exchanges ? DECODE_EXCHANGE : DECODE_PLAIN;
	bool store = (scaled || ARM_IS(word, 0x3f200000, 0x38000000)) && !(word >> 22 & 3);
	uint64_t offset = scaled ? (uint64_t)(word >> 10 & 0xfff) << scale : 0;

	if (base != ARM_ZERO && (s->known & BIT(base)) && (scaled || use != DECODE_PLAIN))
		add_access(s, s->value[base] + offset, 1U << scale, use);
	/* A compare and exchange has its result in the register that it compared. */
	if (exchanges)
		arm_write(s, word >> 16 & 31);
	else if (!store)
		arm_write(s, word & 31);
	/* Pre- and post-indexed: the base moves. */
	if (ARM_IS(word, 0x3f200400, 0x38000400))
		arm_write(s, base);
}

static void arm_pair(struct state *s, uint32_t word)
{
	if (word & BIT(22)) {
		arm_write(s, word & 31);
		arm_write(s, word >> 10 & 31);
	}
	if (word & BIT(23))
		arm_write(s, word >> 5 & 31);
}

/* In registers: br and ret leave for good, blr comes back. */
static void arm_branch_register(struct state *s, uint32_t word)
{
	s->known &= ARM_IS(word, 0xfffff000, 0xd63f0000) ? ~ARM_CALL_CLOBBERS : 0;
}

static void arm_other(struct state *s, uint32_t word)
{
	bool compares_and_branches =
		ARM_IS(word, 0x7c000000, 0x34000000) || ARM_IS(word, 0xfe000000, 0x54000000);

	if (!compares_and_branches)
		arm_write(s, word & 31);
}

static size_t arm_step(struct state *s, uint64_t address, const unsigned char *bytes, size_t size)
{
	uint32_t word;

	if (size < 4)
		return 0;
	word = le32(bytes);
	if (ARM_IS(word, 0x7c000000, 0x14000000))
		arm_branch(s, word, address);
	else if (ARM_IS(word, 0x1f000000, 0x10000000))
		arm_page(s, word, address);
	else if (ARM_IS(word, 0xff800000, 0x91000000))
		arm_add(s, word);
	else if (ARM_IS(word, 0xffe0ffe0, 0xaa0003e0))
		arm_move(s, word);
	else if (ARM_IS(word, 0x3e000000, 0x38000000) || ARM_IS(word, 0x3f000000, 0x08000000))
		arm_memory(s, word);
	else if (ARM_IS(word, 0x3e000000, 0x28000000))
		arm_pair(s, word);
	else if (ARM_IS(word, 0xfe000000, 0xd6000000))
		arm_branch_register(s, word);
	else
		arm_other(s, word);
	return 4;
}

void decode_text(enum decode_arch arch, uint64_t address, const unsigned char *text, size_t size,
		 struct decode *ret)
{
	struct state s = { .begin = address, .end = address + size, .out = ret };

	*ret = (struct decode){ 0 };
	while (ret->length < size && !s.full) {
		uint64_t here = address + ret->length;
		size_t rest = size - ret->length;
		size_t step = arch == DECODE_X86_64 ? x86_step(&s, here, text + ret->length, rest) :
						      arm_step(&s, here, text + ret->length, rest);

		if (step == 0)
			return;
		ret->length += step;
	}
}
