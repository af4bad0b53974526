/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The functions of a kernel, from its System.map: where each begins. One ends where the next one begins. */
struct symbols {
	struct symbol {
		uint64_t address;
		char *name;
	} *list;
	size_t count;
	uint64_t end;	/* of the image: modules are above it */
};

/* What is of no function in the list has a number all the same: everything that is executed counts. */
enum { SYMBOLS_USER, SYMBOLS_MODULES, SYMBOLS_OTHER, SYMBOLS_FIRST };

/* False with errno, and @s is empty: the file cannot be read, or (EINVAL) is no list in ascending order. */
bool symbols_load(struct symbols *s, const char *path);
void symbols_release(struct symbols *s);

/* The number of what @address belongs to, below SYMBOLS_FIRST + count. */
size_t symbols_find(const struct symbols *s, uint64_t address);

/* Of a number: "alloc_vmap_area", "[user]". Borrowed. */
const char *symbols_name(const struct symbols *s, size_t number);

/* Whether a symbol is the function @name as the compiler left it: itself, or "name.part.0" and its like. */
bool symbols_is(const char *symbol, const char *name);
