// SPDX-License-Identifier: GPL-2.0-only
#include "plan-memory.h"

#include <string.h>

/* One area of a page: the page, the three objects that describe it, and its part of a page table. */
#define AREA_BYTES (4096 + 512)

/* The kernel and what it keeps free, in a guest with its memory chosen by hand. */
#define KERNEL_MIB 96

bool plan_cell_reads_memory(const struct plan_cell *cell)
{
	return !strcmp(cell->test, PLAN_MEMORY_TEST);
}

unsigned int plan_cell_held_mib(const struct plan_cell *cell)
{
	return cell->live * (guint64)AREA_BYTES / (1 << 20) + 1;
}

static bool check_room(const struct plan *p, const struct yaml_where *where, const char *place,
		       const struct plan_cell *cell, GError **error)
{
	unsigned int needed_mib = KERNEL_MIB + plan_cell_held_mib(cell);

	if (p->machine.memory_mib == 0 || p->machine.memory_mib >= needed_mib)
		return true;
	return yaml_where_refuse(where, place, error,
				 "%u areas of a page need %u MiB with their kernel, and the machine has "
				 "memory_mib: %u; give it more, or leave memory_mib out",
				 cell->live, needed_mib, p->machine.memory_mib);
}

/* The key at @place means nothing to such a cell. */
static bool refuse_key(const struct yaml_where *where, unsigned int index, const char *key, GError **error)
{
	g_autofree char *place = g_strdup_printf("cells[%u].%s", index, key);

	return !yaml_where_has(where, place) ||
	       yaml_where_refuse(where, place, error,
				 "%s makes its areas of one page once; expected live alone, which says how "
				 "many",
				 PLAN_MEMORY_TEST);
}

/* Page tables and caches that an earlier load of the boot has left would hide what the areas take. */
static bool check_pack(const struct plan *p, const struct yaml_where *where, GError **error)
{
	return p->design.pack == PLAN_PACK_CELL ||
	       yaml_where_refuse(where, "design.pack", error,
				 "%s reads what the first areas of a boot take; expected pack: cell",
				 PLAN_MEMORY_TEST);
}

bool plan_memory_check(struct plan *p, const struct yaml_where *where, unsigned int index, GError **error)
{
	struct plan_cell *cell = &p->cells[index];
	g_autofree char *place = g_strdup_printf("cells[%u]", index);
	g_autofree char *threads_place = g_strdup_printf("%s.threads", place);

	if (!plan_cell_reads_memory(cell))
		return true;
	if (cell->threads_count != 1 || cell->threads[0] != 1)
		return yaml_where_refuse(where, threads_place, error,
					 "%s has one worker, which makes all areas; expected threads: [1]",
					 PLAN_MEMORY_TEST);
	if (cell->live == 0)
		return yaml_where_refuse(where, place, error, "%s needs live, how many areas it holds",
					 PLAN_MEMORY_TEST);
	if (p->subtract_setup)
		return yaml_where_refuse(where, "subtract_setup", error,
					 "%s has no loops, of which one could be subtracted", PLAN_MEMORY_TEST);
	cell->loops = 1;
	return refuse_key(where, index, "loops", error) && refuse_key(where, index, "pages", error) &&
	       check_pack(p, where, error) && check_room(p, where, place, cell, error);
}
