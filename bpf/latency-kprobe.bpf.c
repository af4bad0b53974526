// SPDX-License-Identifier: GPL-2.0-only
#define ENTRY	"kprobe/"
#define RETURN	"kretprobe/"
#include "bpf/latency-pair.bpf.h"
