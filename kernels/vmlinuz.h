/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Writes to @vmlinux the ELF file that is packed in the x86 kernel @image: without symbols, with its build
 * id, BTF and sections. The image's layout is that of Documentation/arch/x86/boot.rst, protocol 2.08 or newer.
 * The error names the file, or the program that is missing to unpack it.
 */
bool vmlinuz_unpack(const char *image, const char *vmlinux, GError **error);
