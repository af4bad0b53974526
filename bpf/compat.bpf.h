/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/*
 * Where kernels differ. Nothing here knows a version: a kernel is asked through its type information.
 */
struct work_struct {
	void (*func)(struct work_struct *work);
} __attribute__((preserve_access_index));

static __always_inline u64 work_function(const struct work_struct *work)
{
	return (u64)BPF_CORE_READ(work, func);
}
