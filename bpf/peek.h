/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bpf/symbols.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads the running kernel's memory by BPF programs that are called, not attached. An address that is not
 * mapped is an error, not a fault.
 */
struct peek;

/* NULL with a sentence in @why where the kernel does not permit it (lockdown=confidentiality, for one). */
struct peek *peek_open(const struct symbols *symbols, char *why, size_t size);
void peek_close(struct peek *p);

/* @p may be NULL in these two: nothing can be read then. */
bool peek_read(struct peek *p, uint64_t address, void *buffer, size_t size);

/*
 * The number of entries of the list at @head, a struct list_head. Takes no lock: entries that come and go
 * meanwhile may be counted or not. False when the way did not lead back to @head.
 */
bool peek_count(struct peek *p, uint64_t head, uint64_t *ret_count);
