/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The name of the clocksource that the kernel keeps its time by, one line. */
#define CLOCK_SOURCE_PATH "/sys/devices/system/clocksource/clocksource0/current_clocksource"

/*
 * True while the kernel keeps its time by a clocksource of its start-up that it is about to replace. An x86
 * kernel that has to calibrate its TSC does so for a second from its device initcalls on, while /init runs
 * already (tsc_refine_calibration_work(), arch/x86/kernel/tsc.c).
 */
bool clock_is_provisional(void);

/* CLOCK_MONOTONIC. */
uint64_t clock_now_ns(void);
uint64_t clock_now_us(void);
