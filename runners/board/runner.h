/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "runners/runner.h"

/* A board as a machine: a kernel for one boot, the agent over ssh, and always back to the good kernel. */
extern const struct runner board_runner;
