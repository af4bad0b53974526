// SPDX-License-Identifier: GPL-2.0-only
/* kprobe.session on kernels that have fsession as well: the functions take the context. */
#define SECTION			"kprobe/"
#define SESSION_PARAMETER	void *ctx
#define SESSION_ARGUMENT	ctx
#include "bpf/latency-session.bpf.h"
