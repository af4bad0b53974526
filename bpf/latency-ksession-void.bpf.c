// SPDX-License-Identifier: GPL-2.0-only
/* kprobe.session on the kernels before: the functions take nothing. One object cannot declare both. */
#define SECTION			"kprobe/"
#define SESSION_PARAMETER	void
#define SESSION_ARGUMENT
#include "bpf/latency-session.bpf.h"
