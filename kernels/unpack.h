/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Unpacks the kernel in @tarball (any compression that tar knows) to @into/tree. @ret_has_top: its files are in
 * one top folder, which tree then stands for.
 */
bool unpack_tarball(const char *tarball, const char *into, bool *ret_has_top, GError **error);

/*
 * Replaces the compressed file @packed by what is in it, under its name without the suffix, which is .gz, .lz4,
 * .xz or .zst. When the program for it is missing the error (BENCH_ERROR_INFRA) names its Debian package.
 */
bool unpack_file(const char *packed, GError **error);
