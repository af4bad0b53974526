// SPDX-License-Identifier: GPL-2.0-only
/* The section is one that every libbpf knows; the loader makes it what it is. */
#define SECTION			"fentry/"
#define SESSION_PARAMETER	void *ctx
#define SESSION_ARGUMENT	ctx
#include "bpf/latency-session.bpf.h"
