/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <jansson.h>

/* What a run's manifest says of the machine that ran it: kernel, CPU, memory, QEMU. New reference. */
json_t *host_describe(void);
