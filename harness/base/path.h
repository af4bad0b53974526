/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Where things are. All return strings the caller frees.
 *
 * data: what the program ships (kernels/, plots/): $VMAPBENCH_DATA, else ../share/vmapbench beside the
 * program's folder (installed), else the source tree that the program was built in. cache:
 * $XDG_CACHE_HOME/vmapbench or ~/.cache/vmapbench; made when missing. libexec: what QEMU gets of ours: beside
 * the program (build tree) or ../libexec/vmapbench (installed). agent: the program in guests of @arch:
 * ../ARCH/agent (build tree) or ../libexec/vmapbench/ARCH/agent (installed).
 */
char *path_data(const char *name);
char *path_cache(const char *name);
char *path_libexec(const char *name);
char *path_agent(const char *arch);

/* mkdir -p; the error names the folder. */
bool path_make_dirs(const char *path, GError **error);

/* rm -r of a folder that we made; missing is fine. Never follows a symbolic link. */
bool path_remove_tree(const char *path, GError **error);

/* Lower-case hexadecimal SHA-256 of a file's content; NULL with an error that names the file. Caller frees. */
char *path_sha256(const char *path, GError **error);

/*
 * Whether a file may be written at @path, and what is there be replaced: BENCH_ERROR_USAGE when it is "-", a
 * folder or a device, which a rename would take away from everybody.
 */
bool path_check_output(const char *path, GError **error);

/*
 * A file's name for what is called @name, without its extension: letters, digits and "._~+" stay, all else is
 * "-", and no more than 120 bytes, so that an extension fits. Two of different names may be equal. Caller
 * frees.
 */
char *path_file_name(const char *name);
