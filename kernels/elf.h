/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <jansson.h>

/* What a manifest tells of ELF files. All return NULL with an error that names the file. */

/* Section name -> bytes, for those that occupy memory, in the file's order. */
json_t *elf_section_sizes(const char *path, GError **error);

/*
 * {"text", "data", "bss"} in bytes as size(1) counts them: text is all that is never written, read-only data
 * too.
 */
json_t *elf_object_size(const char *path, GError **error);

/* The GNU build id in lower-case hexadecimal. Caller frees. */
char *elf_build_id(const char *path, GError **error);

/* The "key=value" strings of a module's .modinfo. Free with g_ptr_array_unref(). */
GPtrArray *elf_modinfo(const char *path, GError **error);
