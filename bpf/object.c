// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/object.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* include/uapi/linux/bpf.h of the kernel; the headers we are built with may be older. */
#define ATTACH_TRACE_KPROBE_SESSION	56
#define ATTACH_TRACE_FSESSION		58

/* The part of a section's name behind the slash: a function, or a tracepoint. */
static const char *target_of(const struct bpf_program *program)
{
	const char *slash = strchr(bpf_program__section_name(program), '/');

	return slash ? slash + 1 : NULL;
}

static bool begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool probes_function(const struct bpf_program *program)
{
	static const char *const prefixes[] = { "fentry/", "fexit/", "kprobe/", "kretprobe/" };
	const char *section = bpf_program__section_name(program);
	size_t i;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (begins_with(section, prefixes[i]))
			return true;
	return false;
}

static int discard(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level;
	(void)format;
	(void)arguments;
	return 0;
}

static void choose(struct object *o, const struct symbols *symbols)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, o->bpf) {
		if (probes_function(program) && !symbols_has(symbols, target_of(program)))
			bpf_program__set_autoload(program, false);
		else if (o->image->kind == OBJECT_FSESSION)
			bpf_program__set_expected_attach_type(program, ATTACH_TRACE_FSESSION);
		else if (o->image->kind == OBJECT_KSESSION)
			bpf_program__set_expected_attach_type(program, ATTACH_TRACE_KPROBE_SESSION);
	}
}

bool object_open(struct object *o, const struct object_image *image, const struct symbols *symbols, char *why,
		 size_t size)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = image->name, .kernel_log_buf = o->verifier,
		    .kernel_log_size = sizeof(o->verifier));

	*o = (struct object){ .image = image };
	/*
	 * Its warnings speak of its own inner life; what the kernel said is in errno and in the verifier's log.
	 */
	libbpf_set_print(discard);
	o->bpf = bpf_object__open_mem(image->begin, (size_t)(image->end - image->begin), &opts);
	if (!o->bpf) {
		snprintf(why, size, "The BPF object %s in this program cannot be read: %s.", image->name,
			 strerror(errno));
		return false;
	}
	choose(o, symbols);
	return true;
}

static const struct {
	int error;
	const char *words;
} reasons[] = {
	{ EPERM, "the kernel does not permit it (EPERM)" },
	{ EACCES, "the kernel's verifier rejects it (EACCES)" },
	{ EINVAL, "the kernel does not know this kind of program, or rejects it (EINVAL)" },
	{ 524, "the kernel does not support it on this architecture (ENOTSUPP)" },
	{ EOPNOTSUPP, "the kernel was built without what it needs (EOPNOTSUPP)" },
	{ ESRCH, "something that it needs is not in the kernel's type information (ESRCH)" },
	{ ENOENT,
	  "what it attaches to is not in this kernel, or not switched on in its configuration (ENOENT)" },
	{ ENODEV, "this kernel has no such kind of event (ENODEV)" },
	{ ENOSYS, "the kernel was built without BPF (ENOSYS)" },
	{ ENOMEM, "there is no memory for it (ENOMEM)" },
	{ EBUSY, "another tracer holds the function (EBUSY)" },
	{ E2BIG, "the kernel does not know a key of the request, or has no place for one more (E2BIG)" },
	{ ENOSPC, "the kernel's verifier rejects it, and says more than there is room for (ENOSPC)" },
};

static const char *reason(int error)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].error == error)
			return reasons[i].words;
	return strerror(error);
}

/* The verifier's own last words before its statistics, on one line; empty when it said nothing. */
static const char *verifier_words(struct object *o)
{
	char *statistics = strstr(o->verifier, "\nprocessed ");
	char *line;

	if (statistics)
		*statistics = '\0';
	line = o->verifier + strlen(o->verifier);
	while (line > o->verifier && line[-1] == '\n')
		*--line = '\0';
	while (line > o->verifier && line[-1] != '\n')
		line--;
	return line;
}

bool object_load(struct object *o, char *why, size_t size)
{
	int error = -bpf_object__load(o->bpf);
	const char *words;

	if (error == 0)
		return true;
	words = verifier_words(o);
	snprintf(why, size, "Loading failed: %s%s%.200s.", reason(error), *words ? "; the verifier says: " : "",
		 words);
	return false;
}

/* One program on one function, by the system call: @return is the descriptor of the link, or -errno. */
static int attach_session(const struct bpf_program *program)
{
	const char *function = target_of(program);
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = (__u32)bpf_program__fd(program);
	attr.link_create.attach_type = ATTACH_TRACE_KPROBE_SESSION;
	attr.link_create.kprobe_multi.syms = (__u64)(uintptr_t)&function;
	attr.link_create.kprobe_multi.cnt = 1;
	fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	return fd < 0 ? -errno : fd;
}

static int attach_one(struct object *o, struct bpf_program *program)
{
	if (o->image->kind == OBJECT_KSESSION) {
		int fd = attach_session(program);

		if (fd < 0)
			return fd;
		o->session_links[o->attached] = fd;
	} else {
		o->links[o->attached] = bpf_program__attach(program);
		if (!o->links[o->attached])
			return -errno;
	}
	o->attached++;
	return 0;
}

void object_detach(struct object *o)
{
	while (o->attached > 0) {
		o->attached--;
		if (o->image->kind == OBJECT_KSESSION)
			close(o->session_links[o->attached]);
		else
			bpf_link__destroy(o->links[o->attached]);
	}
}

/* In the order of the source, which matters to latency-pair.bpf.h. */
bool object_attach(struct object *o, char *why, size_t size)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, o->bpf) {
		int error;

		if (!bpf_program__autoload(program))
			continue;
		error = o->attached < OBJECT_LINKS_MAX ? -attach_one(o, program) : E2BIG;
		if (error) {
			snprintf(why, size, "Attaching %s failed: %s.", bpf_program__section_name(program),
				 reason(error));
			object_detach(o);
			return false;
		}
	}
	if (o->attached == 0) {
		snprintf(why, size, "This kernel has none of the functions to be probed.");
		return false;
	}
	return true;
}

uint64_t object_missed(const struct object *o, const char *target)
{
	struct bpf_program *program;
	uint64_t missed = 0;

	bpf_object__for_each_program(program, o->bpf) {
		struct bpf_prog_info info = { 0 };
		__u32 length = sizeof(info);

		if (target && (!target_of(program) || strcmp(target, target_of(program)) != 0))
			continue;
		if (bpf_program__fd(program) >= 0 &&
		    bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &length) == 0)
			missed += info.recursion_misses;
	}
	return missed;
}

int object_map(const struct object *o, const char *name)
{
	return bpf_object__find_map_fd_by_name(o->bpf, name);
}

void *object_data(const struct object *o, const char *section, size_t *ret_size)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, o->bpf) {
		const char *name = bpf_map__name(map);
		size_t length = strlen(name), tail = strlen(section);

		/* libbpf puts the beginning of the object's name before it. */
		if (length >= tail && strcmp(name + length - tail, section) == 0)
			return (void *)bpf_map__initial_value(map, ret_size);
	}
	return NULL;
}

void object_close(struct object *o)
{
	if (!o->image)
		return;
	object_detach(o);
	bpf_object__close(o->bpf);
	*o = (struct object){ 0 };
}

unsigned int object_cpus(void)
{
	int cpus = libbpf_num_possible_cpus();

	return cpus > 0 ? (unsigned int)cpus : 1;
}
