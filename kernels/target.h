/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>

/* An architecture that kernels are built for. A new one is a line in target.c and a fragment in config/. */
struct target {
	const char *arch;	/* as in a plan, and the name of its fragment */
	const char *machine;	/* what `uname -m` says on it */
	const char *deb_arch;	/* Debian's name of it */
	const char *make_arch;	/* ARCH= of the kernel's Makefile; also its folder below arch/ */
	const char *make_goal;
	const char *image;	/* what that goal makes, relative to the object tree */
	unsigned int full_lines; /* that make prints for Linux 7.3.4 in the fragment's configuration, counted once */
	const char *cross;	/* what the names of its compiler and linker begin with on other machines */
	const char *cross_package; /* which brings those */
};

/* Borrowed; NULL with BENCH_ERROR_USAGE that lists those there are. */
const struct target *target_find(const char *arch, GError **error);

/* The name of the image in a kernel's folder: "bzImage". Part of @target->image. */
const char *target_image_name(const struct target *target);

/* @target->cross, or "" where this machine is one of its kind. */
const char *target_tool_prefix(const struct target *target);

/*
 * "NAME=value" words for make that fix everything which would otherwise come from the machine, the clock or the
 * caller's environment. @dir holds src/ and obj/; it does not show in the result. Free with
 * g_ptr_array_unref().
 */
GPtrArray *target_make_variables(const struct target *target, const char *dir, unsigned int layout);

/* What `uname -r` says after the version. Its length depends on @layout. Caller frees. */
char *target_local_version(unsigned int layout);
