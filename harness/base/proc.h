/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The value of the first line "KEY<blanks>: VALUE" of a file like /proc/cpuinfo or /proc/meminfo, whose key
 * begins with @key. Returns a string the caller frees, NULL when there is no such file or line.
 */
char *proc_value(const char *path, const char *key);

/*
 * What a file like /proc/cpuinfo calls the first processor: "AMD EPYC 7B13", "CPU part 0xd08 of implementer
 * 0x41" where it has numbers for a name, as on arm64. The caller frees; NULL when it says neither.
 */
char *proc_cpu(const char *path);
