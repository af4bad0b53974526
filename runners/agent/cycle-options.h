/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a request to load a module over and over says (docs/soak.md). */
struct cycle_options {
	uint32_t loops;		/* of each worker */
	uint32_t pages;		/* at least so many in the module's file */
	uint32_t live;		/* areas that the module holds while it is loaded */
	uint32_t leak;		/* areas that it forgets in each cycle */
	uint32_t pressure;	/* 1: caches are dropped between the cycles */
};

#define CYCLE_PAGES 16

/* Reads the words "loops=200 pages=16 ..."; only loops is needed. False with a sentence in @why. Pure. */
bool cycle_options_parse(const char *words, struct cycle_options *options, char *why, size_t size);
