// SPDX-License-Identifier: GPL-2.0-only
#define ENTRY	"fentry/"
#define RETURN	"fexit/"
#include "bpf/latency-pair.bpf.h"
