// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/taint.h"

#include <stdio.h>
#include <string.h>

/* Index is the bit. */
enum origin { HEALTH, LOADING, PLACE };

static const struct {
	char letter;
	enum origin origin;
	const char *meaning;
} flags[] = {
	{ 'P', LOADING, "proprietary module" },
	{ 'F', LOADING, "module loaded by force" },
	{ 'S', PLACE, "processor out of specification" },
	{ 'R', HEALTH, "module unloaded by force" },
	{ 'M', HEALTH, "machine check" },
	{ 'B', HEALTH, "bad page" },
	{ 'U', HEALTH, "asked for by user space" },
	{ 'D', HEALTH, "kernel died: oops or BUG" },
	{ 'A', PLACE, "ACPI table overridden" },
	{ 'W', HEALTH, "a warning was issued" },
	{ 'C', LOADING, "staging module" },
	{ 'I', PLACE, "workaround for a firmware bug" },
	{ 'O', LOADING, "out-of-tree module" },
	{ 'E', LOADING, "unsigned module" },
	{ 'L', HEALTH, "soft lockup" },
	{ 'K', HEALTH, "live patched" },
	{ 'X', PLACE, "distribution's own" },
	{ 'T', PLACE, "structure randomisation" },
	{ 'N', LOADING, "in-kernel test" },
	{ 'J', HEALTH, "fwctl debugging write" },
};

#define FLAGS (sizeof(flags) / sizeof(flags[0]))

/* What a kernel says at the time of a taint that comes without a report. */
static const struct {
	const char *text;
	char letter;
} sentences[] = {
	{ "loading out-of-tree module taints kernel", 'O' },
	{ "key missing - tainting kernel", 'E' },
	{ "module license '", 'P' },
	{ "loading test module taints kernel", 'N' },
};

static uint64_t letter_bit(char letter)
{
	size_t i;

	for (i = 0; i < FLAGS; i++)
		if (flags[i].letter == letter)
			return 1ULL << i;
	return 0;
}

static uint64_t bits_of(enum origin origin)
{
	uint64_t bits = 0;
	size_t i;

	for (i = 0; i < FLAGS; i++)
		if (flags[i].origin == origin)
			bits |= 1ULL << i;
	return bits;
}

uint64_t taint_of_loading(void)
{
	return bits_of(LOADING);
}

uint64_t taint_of_place(void)
{
	return bits_of(PLACE);
}

/* One column per flag; the release follows, and its first letter must not be taken for a flag. */
static uint64_t letters_bits(const char *p, const char *limit)
{
	uint64_t bits = 0;
	size_t column;

	for (column = 0; column < FLAGS && p < limit; column++, p++) {
		if (*p != ' ' && *p != 'G' && !letter_bit(*p))
			break;
		if (p + 1 < limit && p[1] >= 'a' && p[1] <= 'z')
			break;
		bits |= letter_bit(*p);
	}
	return bits;
}

uint64_t taint_from_log(const char *text, size_t length)
{
	static const char mark[] = "Tainted: ";
	const char *p = memmem(text, length, mark, sizeof(mark) - 1);
	size_t i;

	if (p)
		return letters_bits(p + sizeof(mark) - 1, text + length);
	for (i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
		if (memmem(text, length, sentences[i].text, strlen(sentences[i].text)))
			return letter_bit(sentences[i].letter);
	return 0;
}

void taint_describe(uint64_t bits, char *text, size_t size)
{
	size_t used = 0;
	unsigned int bit;

	text[0] = '\0';
	for (bit = 0; bit < 64 && used < size; bit++) {
		const char *comma = used ? ", " : "";

		if (!(bits >> bit & 1))
			continue;
		if (bit < FLAGS)
			used += (size_t)snprintf(text + used, size - used, "%s%c (%s)", comma,
						 flags[bit].letter, flags[bit].meaning);
		else
			used += (size_t)snprintf(text + used, size - used, "%sbit %u", comma, bit);
	}
}

int64_t taint_read(void)
{
	FILE *file = fopen("/proc/sys/kernel/tainted", "re");
	long long value = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%lld", &value) != 1)
		value = -1;
	fclose(file);
	return value;
}
