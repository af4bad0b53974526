/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "drawings.h"
#include "render/comparison.h"

/*
 * memory: the sizes of structs, of mm/vmalloc.o and of the image that the manifests of the kernels have.
 * None when they have none.
 */
void memory_chart_add(struct drawings *all, const struct comparison *c);
