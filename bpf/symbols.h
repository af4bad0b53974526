/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The running kernel's own symbols, from /proc/kallsyms: all of its text, and the variables of mm/vmalloc
 * where the kernel was built to list them (CONFIG_KALLSYMS_ALL). Those of modules are left out.
 */
struct symbols;

/* NULL with a sentence in @why when /proc/kallsyms cannot be read. */
struct symbols *symbols_read(char *why, size_t size);
void symbols_free(struct symbols *s);

/* Whether there is a symbol of exactly that name. Works even where addresses are hidden from us. */
bool symbols_has(const struct symbols *s, const char *name);

/* Its address; 0 when there is none, or when addresses are hidden (kernel.kptr_restrict). */
uint64_t symbols_address(const struct symbols *s, const char *name);

/* Where the function  begins, and *ret_end where the next one does; 0 as above. */
uint64_t symbols_extent(const struct symbols *s, const char *name, uint64_t *ret_end);

/* From the first function of the kernel to the last; 0 when addresses are hidden. */
uint64_t symbols_text(const struct symbols *s, uint64_t *ret_end);

/*
 * The function at @address, NULL when there is none; *ret_offset (may be NULL) is the distance from its start.
 */
const char *symbols_function(const struct symbols *s, uint64_t address, uint64_t *ret_offset);
