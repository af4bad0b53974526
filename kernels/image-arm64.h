/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Kernels of arm64 as packages have them: the Image itself, one packed with gzip, or an EFI program that
 * unpacks it (CONFIG_EFI_ZBOOT), which QEMU before version 8 cannot load. The errors name the file.
 */

/* Writes the Image that is in @vmlinuz to @image. */
bool image_arm64_unpack(const char *vmlinuz, const char *image, GError **error);

/*
 * Writes to @vmlinux what an ELF reader wants of the kernel in @image, which has no sections: its build id and,
 * when it has any, its BTF.
 */
bool image_arm64_describe(const char *image, const char *vmlinux, GError **error);
