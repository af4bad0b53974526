/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* One entry of an initramfs. */
struct initramfs_file {
	const char *path;	/* inside, no leading slash; its folder must stand before it in the array */
	mode_t mode;		/* type and permissions: S_IFREG, S_IFDIR or S_IFCHR */
	const char *source;	/* S_IFREG: the file to copy, or NULL for the content in @data */
	const void *data;
	size_t size;		/* bytes of @data */
	unsigned int major;	/* S_IFCHR */
	unsigned int minor;
};

/*
 * Writes @n entries as an uncompressed "newc" archive
 * (Documentation/driver-api/early-userspace/buffer-format.rst) to @path, which is replaced as a whole or left
 * alone. Everything belongs to root; the same entries always give the same bytes. Errors (BENCH_ERROR) name
 * the entry or the file.
 */
bool initramfs_write(const char *path, const struct initramfs_file *files, size_t n, GError **error);
