// SPDX-License-Identifier: GPL-2.0-only
#define TRACEPOINT	"tp_btf/"
#include "bpf/lock-event.bpf.h"
