// SPDX-License-Identifier: GPL-2.0-only
#include "memory.h"

static const struct {
	const char *key, *title;
	const char *object, *field;	/* of the manifest */
} figures[MEMORY_FIGURES] = {
	[MEMORY_VMAP_AREA] = { "vmap_area_bytes", "vmap_area", "vmap_area", "bytes" },
	[MEMORY_VMAP_NODE] = { "vmap_node_bytes", "vmap_node", "vmap_node", "bytes" },
	[MEMORY_TEXT] = { "vmalloc_text_bytes", ".o text", "vmalloc_object", "text" },
	[MEMORY_DATA] = { "vmalloc_data_bytes", ".o data", "vmalloc_object", "data" },
	[MEMORY_BSS] = { "vmalloc_bss_bytes", ".o bss", "vmalloc_object", "bss" },
	[MEMORY_IMAGE] = { "image_bytes", "image", "image", "bytes" },
};

struct memory memory_of(const json_t *kernel)
{
	struct memory m;

	for (int i = 0; i < MEMORY_FIGURES; i++) {
		const json_t *object = json_object_get(kernel, figures[i].object);

		m.bytes[i] = json_is_null(object) ? MEMORY_NONE :
						    json_count(object, figures[i].field, MEMORY_UNKNOWN);
	}
	return m;
}

bool memory_is_known(const struct memory *m)
{
	bool known = false;

	for (int i = 0; i < MEMORY_FIGURES; i++)
		known = known || m->bytes[i] != MEMORY_UNKNOWN;
	return known;
}

void memory_add_data(json_t *row, const struct memory *m)
{
	for (int i = 0; i < MEMORY_FIGURES; i++)
		json_object_set_new(row, figures[i].key,
				    m->bytes[i] < 0 ? json_null() : json_integer(m->bytes[i]));
}

const char *memory_title(enum memory_figure figure)
{
	return figures[figure].title;
}

char *memory_text(const struct memory *m, enum memory_figure figure)
{
	gint64 bytes = m->bytes[figure];

	if (bytes < 0)
		return g_strdup(bytes == MEMORY_NONE ? "none" : "n/a");
	return g_strdup_printf("%" G_GINT64_FORMAT, bytes);
}

char *memory_change(const struct memory *base, const struct memory *m, enum memory_figure figure)
{
	gint64 before = base->bytes[figure], after = m->bytes[figure];

	if (before < 0 || after < 0)
		return g_strdup("");
	return after == before ? g_strdup("0") : g_strdup_printf("%+" G_GINT64_FORMAT, after - before);
}
