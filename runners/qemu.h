/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "runner.h"

/*
 * QEMU as a machine: a control channel over virtio-serial, the console in a file, QMP for the cause of the end.
 */
extern const struct runner qemu_runner;
