// SPDX-License-Identifier: GPL-2.0-only
#include "tests/guest/guest.h"

#include "bpf/peek.h"

#include <stdlib.h>
#include <string.h>

/*
 * The text of functions=NAME,NAME... as the kernel that runs it has it, after it patched itself, and the
 * addresses of variables=NAME,NAME...: what tests/data/text was made with. Says
 * {"t":"text","name","address","bytes"} and {"t":"variable","name","address"}, numbers in hexadecimal;
 * "bytes" is null where they cannot be read.
 */
#define TEXT_MAX	16384

static void say_text(const struct symbols *symbols, struct peek *peek, const char *name)
{
	uint64_t end = 0, begin = symbols_extent(symbols, name, &end);
	size_t size = end - begin < TEXT_MAX ? end - begin : TEXT_MAX, i;
	unsigned char text[TEXT_MAX];
	char bytes[2 * TEXT_MAX + 1], address[24];

	if (!begin)
		return;
	snprintf(address, sizeof(address), "%llx", (unsigned long long)begin);
	if (peek_read(peek, begin, text, size))
		for (i = 0; i < size; i++)
			snprintf(bytes + 2 * i, 3, "%02x", text[i]);
	else
		size = 0;
	guest_say(json_pack("{s:s, s:s, s:s, s:s?}", "t", "text", "name", name, "address", address, "bytes",
			    size ? bytes : NULL));
}

static void say_variable(const struct symbols *symbols, struct peek *peek, const char *name)
{
	char address[24];

	(void)peek;
	snprintf(address, sizeof(address), "%llx", (unsigned long long)symbols_address(symbols, name));
	guest_say(json_pack("{s:s, s:s, s:s}", "t", "variable", "name", name, "address", address));
}

static void say_each(const char *list, const struct symbols *symbols, struct peek *peek,
		     void (*say)(const struct symbols *, struct peek *, const char *))
{
	char *names = getenv(list), *name;

	while (names && (name = strsep(&names, ",")))
		say(symbols, peek, name);
}

int main(void)
{
	struct symbols *symbols;
	struct peek *peek;
	char why[400];

	guest_begin();
	symbols = symbols_read(why, sizeof(why));
	peek = symbols ? peek_open(symbols, why, sizeof(why)) : NULL;
	if (!peek)
		guest_fail("%s", why);
	say_each("functions", symbols, peek, say_text);
	say_each("variables", symbols, peek, say_variable);
	guest_end();
}
