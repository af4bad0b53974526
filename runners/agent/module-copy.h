/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Copies of one module that can be loaded side by side: the kernel knows a module by the name that is written
 * in its file. Each copy is a file of its own in memory, as the kernel takes two loads of one file at a time
 * for one.
 */

#define MODULE_COPIES_MAX 1000
#define MODULE_NAME_MAX 56	/* MODULE_NAME_LEN of a 64-bit kernel */

/* The file of a module in memory, from which copies are made one after the other. */
struct module_file {
	char name[MODULE_NAME_MAX];	/* of the last copy; it ends in three digits */
	char *bytes;
	size_t size;
};

struct module_copy {
	char name[MODULE_NAME_MAX];
	int fd;			/* for reading, as finit_module() wants it; -1: none */
};

/*
 * Reads the module @name (modules.h), which ends in "000", and appends zeroes until it has @size_min bytes: no
 * loader looks at them, but all of it is read. False with errno, then there is nothing to release.
 */
bool module_file_read(struct module_file *file, const char *name, size_t size_min);
void module_file_release(struct module_file *file);

/* Makes copy @index, below MODULE_COPIES_MAX. False with errno, then @copy has no file. */
bool module_copy_make(struct module_copy *copy, struct module_file *file, uint32_t index);
void module_copy_release(struct module_copy *copy);

/* Writes @name wherever @old, of the same length, stands in @bytes. Pure. */
void module_rename(char *bytes, size_t size, const char *old, const char *name);
