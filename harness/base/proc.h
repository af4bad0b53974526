/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The value of the first line "KEY<blanks>: VALUE" of a file like /proc/cpuinfo or /proc/meminfo, whose key
 * begins with @key. Returns a string the caller frees, NULL when there is no such file or line.
 */
char *proc_value(const char *path, const char *key);
