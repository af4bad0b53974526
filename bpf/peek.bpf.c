// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "bpf/peek.bpf.h"

/* Reads the kernel's memory for peek.c: nothing is attached, a system call runs them. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, unsigned char[PEEK_WINDOW]);
} window SEC(".maps");

SEC("syscall") int peek_read_window(struct peek_request *request)
{
	u64 length = request->length;
	u32 zero = 0;
	void *to = bpf_map_lookup_elem(&window, &zero);

	if (!to || length > PEEK_WINDOW)
		return -1;
	return bpf_probe_read_kernel(to, length, (void *)request->address);
}

struct walk {
	u64 head;
	u64 at;
	u64 count;
	bool ended;
};

static long walk_step(u32 index, struct walk *walk)
{
	if (walk->at == walk->head) {
		walk->ended = true;
		return 1;
	}
	walk->count++;
	return bpf_probe_read_kernel(&walk->at, sizeof(walk->at), (void *)walk->at) != 0;
}

/* Of a list_head; without its lock, so that one which was moved meanwhile may lead away from it. */
SEC("syscall") int peek_walk_list(struct peek_request *request)
{
	struct walk walk = { .head = request->address };

	if (bpf_probe_read_kernel(&walk.at, sizeof(walk.at), (void *)walk.head))
		return -1;
	bpf_loop(PEEK_WALK_MAX, walk_step, &walk, 0);
	request->length = walk.count;
	return walk.ended ? 0 : -1;
}

char LICENSE[] SEC("license") = "GPL";
