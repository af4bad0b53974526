// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/storm.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of linux/io_uring.h since 6.5; older headers lack it. */
#ifndef IORING_SETUP_NO_MMAP
#define IORING_SETUP_NO_MMAP (1U << 14)
#endif

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static bool close_fd(struct storm_slot *slot)
{
	int fd = slot->fd;

	slot->fd = -1;
	return close(fd) == 0;
}

static void release_nothing(struct storm_slot *slot)
{
	(void)slot;
}

/* BPF maps: memory that user space may map is always vmalloc'ed. */

static bool create_map(struct storm_slot *slot, union bpf_attr *attr)
{
	slot->fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, attr, sizeof(*attr));
	return slot->fd >= 0;
}

static bool make_array(struct storm_slot *slot, uint32_t pages)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(uint32_t),
		.value_size = (uint32_t)page_size(),
		.max_entries = pages,
		.map_flags = BPF_F_MMAPABLE,
	};

	return create_map(slot, &attr);
}

static bool make_ring(struct storm_slot *slot, uint32_t pages)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_RINGBUF,
		.max_entries = pages * (uint32_t)page_size(),
	};

	return create_map(slot, &attr);
}

static const struct storm_reason bpf_reasons[] = {
	{ EPERM,
	  "run it as root or with CAP_BPF (before Linux 5.8: CAP_SYS_ADMIN); filters need no privilege" },
	{ ENOSYS, "this kernel was built without CONFIG_BPF_SYSCALL" },
	{ EINVAL, "this kernel does not know this type of BPF map" },
	{ 0, NULL }
};

/* Socket filters: each program is vmalloc'ed. */

#define FILTER_INSTRUCTIONS 2

static bool prepare_socket(struct storm_slot *slot, uint32_t pages)
{
	(void)pages;
	slot->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return slot->fd >= 0;
}

static bool attach_filter(struct storm_slot *slot, uint32_t pages)
{
	static struct sock_filter accept_all[FILTER_INSTRUCTIONS] = {
		{ .code = BPF_LD | BPF_W | BPF_LEN },
		{ .code = BPF_RET | BPF_A },
	};
	const struct sock_fprog program = { .len = FILTER_INSTRUCTIONS, .filter = accept_all };

	(void)pages;
	return setsockopt(slot->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0;
}

static bool detach_filter(struct storm_slot *slot)
{
	int ignored = 0;

	return setsockopt(slot->fd, SOL_SOCKET, SO_DETACH_FILTER, &ignored, sizeof(ignored)) == 0;
}

static void release_socket(struct storm_slot *slot)
{
	if (slot->fd >= 0)
		close_fd(slot);
}

static const struct storm_reason filter_reasons[] = {
	{ ENOSYS, "this kernel was built without CONFIG_NET" },
	{ EAFNOSUPPORT, "this kernel was built without CONFIG_UNIX" },
	{ EPERM, "a security policy forbids socket filters to this process" },
	{ 0, NULL }
};

/* io_uring on pages of a memfd: the kernel maps them by vmap(), the queue entries and the rings. */

/* Both regions stand in the memfd, the entries first. */
#define URING_REGIONS 2

static bool prepare_pages(struct storm_slot *slot, uint32_t pages)
{
	size_t bytes = URING_REGIONS * pages * page_size();
	int fd = memfd_create("vmap-storm", MFD_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = ftruncate(fd, (off_t)bytes) == 0;
	slot->memory = ok ? mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
	close(fd);
	if (slot->memory == MAP_FAILED) {
		slot->memory = NULL;
		return false;
	}
	slot->memory_bytes = bytes;
	/* One large folio would be used where it is, without vmap(). Without THP there is none. */
	if (madvise(slot->memory, bytes, MADV_NOHUGEPAGE) < 0 && errno != EINVAL)
		return false;
	memset(slot->memory, 0, bytes);
	return true;
}

/* The last member of both structs: user_addr since 6.5, reserved in older headers. */
static void set_user_address(void *offsets, size_t size, const void *address)
{
	uint64_t value = (uintptr_t)address;

	memcpy((char *)offsets + size - sizeof(value), &value, sizeof(value));
}

static bool make_uring(struct storm_slot *slot, uint32_t pages)
{
	uint32_t entries = pages * (uint32_t)(page_size() / sizeof(struct io_uring_sqe));
	struct io_uring_params params = { .flags = IORING_SETUP_NO_MMAP };

	set_user_address(&params.sq_off, sizeof(params.sq_off), slot->memory);
	set_user_address(&params.cq_off, sizeof(params.cq_off), (char *)slot->memory + pages * page_size());
	slot->fd = (int)syscall(SYS_io_uring_setup, entries, &params);
	return slot->fd >= 0;
}

static void release_pages(struct storm_slot *slot)
{
	if (slot->memory)
		munmap(slot->memory, slot->memory_bytes);
	slot->memory = NULL;
}

static const struct storm_reason uring_reasons[] = {
	{ ENOSYS, "this kernel was built without CONFIG_IO_URING or CONFIG_MEMFD_CREATE" },
	{ EPERM, "io_uring is forbidden to this process: see the sysctl kernel.io_uring_disabled" },
	{ EINVAL, "the io_uring of this kernel cannot use pages of its user; that of Linux 6.12 can" },
	{ ENOMEM, "the queues count as locked memory: raise `ulimit -l`, or run it as root" },
	{ 0, NULL }
};

/* Children: with CONFIG_VMAP_STACK each has a kernel stack from vmalloc. */

#define CHILD_STACK_BYTES 16384

static int end_at_once(void *data)
{
	(void)data;
	return 0;
}

static bool prepare_stack(struct storm_slot *slot, uint32_t pages)
{
	(void)pages;
	slot->memory = mmap(NULL, CHILD_STACK_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (slot->memory == MAP_FAILED) {
		slot->memory = NULL;
		return false;
	}
	slot->memory_bytes = CHILD_STACK_BYTES;
	return true;
}

/* In our address space: the stacks shall be measured and not page tables. Its end sends no signal. */
static bool make_child(struct storm_slot *slot, uint32_t pages)
{
	(void)pages;
	slot->child = clone(end_at_once, (char *)slot->memory + slot->memory_bytes,
			    CLONE_VM | CLONE_FS | CLONE_FILES, NULL);
	return slot->child >= 0;
}

static bool reap_child(struct storm_slot *slot)
{
	return waitpid(slot->child, NULL, __WALL) == slot->child;
}

static const struct storm_reason fork_reasons[] = {
	{ EAGAIN,
	  "there are too many processes for `ulimit -u`, the sysctl kernel.pid_max or the cgroup's pids.max" },
	{ 0, NULL }
};

/* clang-format off */
static const struct storm_kind kinds[] = {
	{
		.name = "maps", .test = "map_storm",
		.summary = "BPF arrays that can be mapped: vmalloc, freed by a work item",
		.needs = "CAP_BPF", .areas = 1, .exact = true,
		.pages_min = 1, .pages_max = 4096, .pages_default = 1, .pages_overhead = 3, .live_default = 64,
		.make = make_array, .drop = close_fd, .release = release_nothing, .reasons = bpf_reasons,
	},
	{
		.name = "filters", .test = "filter_storm",
		.summary = "socket filters: vmalloc of a page, freed after a grace period",
		.needs = "nothing", .areas = 1,
		.pages_overhead = 4, .live_default = 64,
		.prepare = prepare_socket, .make = attach_filter, .drop = detach_filter, .release = release_socket,
		.reasons = filter_reasons,
	},
	{
		.name = "rings", .test = "ring_storm",
		.summary = "BPF ring buffers: vmap of their pages twice over, freed by a work item",
		.needs = "CAP_BPF", .areas = 1, .exact = true,
		.pages_min = 1, .pages_max = 4096, .pages_default = 1, .pages_power_of_two = true, .pages_overhead = 5,
		.live_default = 64,
		.make = make_ring, .drop = close_fd, .release = release_nothing, .reasons = bpf_reasons,
	},
	{
		.name = "urings", .test = "uring_storm",
		.summary = "io_uring on pages of a memfd: vmap of queue and rings, freed by a work item",
		.needs = "nothing", .areas = 2, .exact = true,
		.pages_min = 2, .pages_max = 512, .pages_default = 2, .pages_power_of_two = true, .pages_overhead = 8,
		.live_default = 8,
		.prepare = prepare_pages, .make = make_uring, .drop = close_fd, .release = release_pages,
		.reasons = uring_reasons,
	},
	{
		.name = "forks", .test = "fork_storm",
		.summary = "children that end at once: vmalloc of kernel stacks",
		.needs = "nothing", .areas = 1,
		.pages_overhead = 16, .live_default = 32,
		.prepare = prepare_stack, .make = make_child, .drop = reap_child, .release = release_pages,
		.reasons = fork_reasons,
	},
};
/* clang-format on */

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

const struct storm_kind *storm_next(const struct storm_kind *kind)
{
	const struct storm_kind *next = kind ? kind + 1 : kinds;

	return next < kinds + N_KINDS ? next : NULL;
}

const struct storm_kind *storm_find(const char *name)
{
	const struct storm_kind *kind = NULL;

	while ((kind = storm_next(kind)) && strcmp(kind->name, name) != 0)
		;
	return kind;
}

const struct storm_kind *storm_find_test(const char *test)
{
	const struct storm_kind *kind = NULL;

	while ((kind = storm_next(kind)) && strcmp(kind->test, test) != 0)
		;
	return kind;
}
