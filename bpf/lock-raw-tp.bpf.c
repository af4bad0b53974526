// SPDX-License-Identifier: GPL-2.0-only
#define TRACEPOINT	"raw_tp/"
#include "bpf/lock-event.bpf.h"
