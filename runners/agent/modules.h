/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The modules that loads need: WIRE_MODULE_... .ko in the current folder, which is the top of a guest. */

/* Opens the file of the module @name for reading; -1 with errno. */
int modules_open(const char *name);

/* A bit that is another for each module; 0 when @name, which may be NULL, is none that is known. */
uint32_t modules_bit(const char *name);

/*
 * Writes why finit_module() or delete_module() failed with the errno @error: its text, and what to do where
 * this machine shows it.
 */
void modules_explain(int error, char *text, size_t size);
