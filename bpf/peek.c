// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/peek.h"

#include "bpf/object.h"
#include "bpf/peek.bpf.h"

#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

OBJECT_IMAGE(peek);

static const struct object_image image = { "peek", OBJECT_PLAIN, peek_begin, peek_end };

struct peek {
	struct object object;
	int read, walk;			/* the programs */
	int window;			/* the map */
};

static int program(const struct peek *p, const char *name)
{
	const struct bpf_program *found = bpf_object__find_program_by_name(p->object.bpf, name);

	return found ? bpf_program__fd(found) : -1;
}

static bool load(struct peek *p, const struct symbols *symbols, char *why, size_t size)
{
	if (!object_open(&p->object, &image, symbols, why, size) || !object_load(&p->object, why, size))
		return false;
	p->read = program(p, "peek_read_window");
	p->walk = program(p, "peek_walk_list");
	p->window = object_map(&p->object, "window");
	if (p->read >= 0 && p->walk >= 0 && p->window >= 0)
		return true;
	snprintf(why, size, "The BPF object peek in this program lacks a program or a map.");
	return false;
}

struct peek *peek_open(const struct symbols *symbols, char *why, size_t size)
{
	struct peek *p = calloc(1, sizeof(*p));

	if (!p) {
		snprintf(why, size, "There is no memory to read the kernel's.");
		return NULL;
	}
	if (load(p, symbols, why, size))
		return p;
	peek_close(p);
	return NULL;
}

void peek_close(struct peek *p)
{
	if (!p)
		return;
	object_close(&p->object);
	free(p);
}

static bool run(int fd, struct peek_request *request)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = request, .ctx_size_in = sizeof(*request));

	return bpf_prog_test_run_opts(fd, &options) == 0 && options.retval == 0;
}

bool peek_read(struct peek *p, uint64_t address, void *buffer, size_t size)
{
	unsigned char *to = buffer, window[PEEK_WINDOW];
	uint32_t zero = 0;

	while (p && size > 0) {
		size_t part = size < PEEK_WINDOW ? size : PEEK_WINDOW;
		struct peek_request request = { address, part };

		if (!run(p->read, &request) || bpf_map_lookup_elem(p->window, &zero, window))
			return false;
		memcpy(to, window, part);
		to += part;
		address += part;
		size -= part;
	}
	return p != NULL;
}

bool peek_count(struct peek *p, uint64_t head, uint64_t *ret_count)
{
	struct peek_request request = { head, 0 };

	if (!p || !run(p->walk, &request))
		return false;
	*ret_count = request.length;
	return true;
}
