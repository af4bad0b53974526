/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/symbols.h"

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A BPF object of ours in the kernel. They are embedded in the program (objects.S); each is one way to collect
 * something, and whether it works here is found out by trying.
 */
enum object_kind {
	OBJECT_PLAIN,		/* as the sections say */
	OBJECT_FSESSION,	/* BPF_TRACE_FSESSION: section fentry/ */
	OBJECT_KSESSION,	/* BPF_TRACE_KPROBE_SESSION: section kprobe/ */
};

struct object_image {
	const char *name;	/* "fentry": what messages and records call it */
	enum object_kind kind;
	const unsigned char *begin;
	const unsigned char *end;
};

/* The declaration of an image in objects.S. */
#define OBJECT_IMAGE(symbol) \
	extern const unsigned char symbol##_begin[], symbol##_end[]

#define OBJECT_LINKS_MAX 64

struct object {
	const struct object_image *image;
	struct bpf_object *bpf;
	struct bpf_link *links[OBJECT_LINKS_MAX];
	int session_links[OBJECT_LINKS_MAX];	/* of OBJECT_KSESSION: libbpf does not know them */
	unsigned int attached;
	char verifier[4096];	/* the end of the verifier's log */
};

/*
 * Opens @image. Programs whose section names a function that is not in @symbols are not loaded: this kernel
 * does not have it. Rodata may be set between this and object_load(). False with a sentence in @why.
 */
bool object_open(struct object *o, const struct object_image *image, const struct symbols *symbols, char *why,
		 size_t size);

/* False with the kernel's reason in plain words. */
bool object_load(struct object *o, char *why, size_t size);

/* Attaches every program that was loaded; with fewer it is false, and nothing stays attached. */
bool object_attach(struct object *o, char *why, size_t size);

/*
 * Times that the kernel did not run a program of @o because it was already running on that CPU. @target:
 * only programs on that function or tracepoint, or NULL.
 */
uint64_t object_missed(const struct object *o, const char *target);

/* The map of that name; negative when there is none (which is a mistake in our own sources). */
int object_map(const struct object *o, const char *name);

/*
 * The variables of section @section (".rodata"), *ret_size bytes, as they will be at load: between
 * object_open() and object_load() only. libbpf 1.1 does not show what they are in the kernel from then on;
 * a map of ours does. NULL when the object has none.
 */
void *object_data(const struct object *o, const char *section, size_t *ret_size);

/* Detaches everything and keeps it loaded. */
void object_detach(struct object *o);

/* Detaches and unloads. Safe on one that was only zeroed. */
void object_close(struct object *o);

/* CPUs that may exist: the length of what a lookup in a per-CPU map gives. */
unsigned int object_cpus(void);
