/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Unpacks the kernel in @tarball (any compression that tar knows), whose files may be in one top folder, to
 * @into/tree.
 */
bool unpack_tarball(const char *tarball, const char *into, GError **error);
