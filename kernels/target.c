// SPDX-License-Identifier: GPL-2.0-only
#include "target.h"

#include <string.h>
#include <sys/utsname.h>

#include "base/error.h"

static const struct target targets[] = {
	{ .arch = "x86_64", .machine = "x86_64", .deb_arch = "amd64", .make_arch = "x86",
	  .make_goal = "bzImage", .image = "arch/x86/boot/bzImage", .full_lines = 1819,
	  .cross = "x86_64-linux-gnu-", .cross_package = "gcc-x86-64-linux-gnu" },
	{ .arch = "arm64", .machine = "aarch64", .deb_arch = "arm64", .make_arch = "arm64",
	  .make_goal = "Image", .image = "arch/arm64/boot/Image", .full_lines = 2073,
	  .cross = "aarch64-linux-gnu-", .cross_package = "gcc-aarch64-linux-gnu" },
};

const struct target *target_find(const char *arch, GError **error)
{
	g_autoptr(GString) known = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
		if (!strcmp(targets[i].arch, arch))
			return &targets[i];
		g_string_append_printf(known, "%s%s", i ? ", " : "", targets[i].arch);
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "no kernel can be built for arch \"%s\"; there are: %s", arch, known->str);
	return NULL;
}

const char *target_image_name(const struct target *target)
{
	return strrchr(target->image, '/') + 1;
}

const char *target_tool_prefix(const struct target *target)
{
	struct utsname host;

	return uname(&host) == 0 && !strcmp(host.machine, target->machine) ? "" : target->cross;
}

char *target_local_version(unsigned int layout)
{
	static const char filler[] = "xxxxxxxxxxxxxxx";

	if (!layout)
		return g_strdup("-vmapbench");
	return g_strdup_printf("-vmapbench-l%u%.*s", layout, (int)(layout % sizeof(filler)), filler);
}

GPtrArray *target_make_variables(const struct target *target, const char *dir, unsigned int layout)
{
	/* The kernel maps its source folder by itself; debug information names the object folder as well. */
	g_autofree char *flags =
		g_strdup_printf("-ffile-prefix-map=%s/src/= -ffile-prefix-map=%s/obj=obj", dir, dir);
	g_autofree char *local_version = target_local_version(layout);
	const char *prefix = target_tool_prefix(target);
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(words, g_strconcat("ARCH=", target->make_arch, NULL));
	g_ptr_array_add(words, g_strconcat("LOCALVERSION=", local_version, NULL));
	g_ptr_array_add(words, g_strconcat("CC=", prefix, "gcc", NULL));
	g_ptr_array_add(words, g_strconcat("CROSS_COMPILE=", prefix, NULL));
	g_ptr_array_add(words, g_strdup("LLVM="));
	g_ptr_array_add(words, g_strconcat("KCFLAGS=", flags, NULL));
	g_ptr_array_add(words, g_strconcat("KAFLAGS=", flags, NULL));
	g_ptr_array_add(words, g_strdup("KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 2026"));
	g_ptr_array_add(words, g_strdup("KBUILD_BUILD_USER=vmapbench"));
	g_ptr_array_add(words, g_strdup("KBUILD_BUILD_HOST=vmapbench"));
	g_ptr_array_add(words, g_strdup("KBUILD_BUILD_VERSION=1"));
	return words;
}
