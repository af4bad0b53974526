/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "runner.h"

/*
 * Packs the payload of @boot into an initramfs at boot->initramfs, with the agent as its /init, which finds no
 * device but a console.
 */
bool payload_pack(const struct runner_boot *boot, GError **error);
