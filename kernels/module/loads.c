// SPDX-License-Identifier: GPL-2.0-only
#include "load.h"
#include "latency.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

/* Behind so many lookups, one is checked, and others may run. */
#define LOOKUPS_PER_CHECK 64

/* One area in so many is held on to, in the place of another. */
#define AREAS_PER_LONG_LIVED 16

/* xorshift64 (Marsaglia 2003): the same numbers in each run, for a handful of instructions. */
static __always_inline u32 draw(struct worker *w, u32 below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return reciprocal_scale(w->random >> 32, below);
}

static __always_inline void *allocate(struct worker *w, unsigned int pages, bool timed)
{
	u64 start_ns = timed ? latency_now() : 0;
	void *area = vmalloc((unsigned long)pages << PAGE_SHIFT);

	if (timed)
		latency_add(w->latency, LATENCY_VMALLOC, start_ns);
	return area;
}

static __always_inline void release(struct worker *w, void *area, bool timed)
{
	u64 start_ns = timed ? latency_now() : 0;

	vfree(area);
	if (timed)
		latency_add(w->latency, LATENCY_VFREE, start_ns);
}

/* Pretend that the memory is used. */
static __always_inline void touch(void *area, u8 value)
{
	WRITE_ONCE(*(u8 *)area, value);
}

static void *hold_page(struct worker *w)
{
	return vmalloc(PAGE_SIZE);
}

static void drop_area(void *area)
{
	vfree(area);
}

/* Allocate an area, free it, and again: test_1 of the patch that brought the tree of free areas (2018). */
static __always_inline int churn(struct worker *w, bool timed)
{
	unsigned int n;

	for (n = 0; n < w->loops; n++) {
		void *area = allocate(w, w->pages, timed);

		if (!area)
			return -ENOMEM;
		touch(area, 0);
		release(w, area, timed);
		if (worker_pause())
			return -EINTR;
	}
	return 0;
}

static int churn_run(struct worker *w)
{
	return w->latency ? churn(w, true) : churn(w, false);
}

/* Its test_2: a large area and one of a page, beside a crowd of areas that stay. */
static __always_inline int held_churn(struct worker *w, bool timed)
{
	unsigned int n;

	for (n = 0; n < w->loops; n++) {
		void *large = allocate(w, w->pages, timed);
		void *small = allocate(w, 1, timed);

		if (large && small) {
			touch(large, 0);
			touch(small, 1);
		}
		release(w, large, timed);
		release(w, small, timed);
		if (!large || !small)
			return -ENOMEM;
		if (worker_pause())
			return -EINTR;
	}
	return 0;
}

static int held_churn_run(struct worker *w)
{
	return w->latency ? held_churn(w, true) : held_churn(w, false);
}

/* Where nothing can be mapped. */
static struct vm_area_struct no_room;

/* Of a page that is there anyway, so that a crowd of areas costs no more than its page tables. */
static void *hold_mapping(struct worker *w)
{
	struct page **pages = kvmalloc_array(w->pages, sizeof(*pages), GFP_KERNEL);
	void *area = NULL;
	unsigned int i;

	if (pages) {
		for (i = 0; i < w->pages; i++)
			pages[i] = ZERO_PAGE(0);
		area = vmap(pages, w->pages, VM_MAP | VM_USERMAP, PAGE_KERNEL_RO);
	}
	kvfree(pages);
	return area;
}

static void drop_mapping(void *area)
{
	vunmap(area);
}

/*
 * No module can call find_vm_area(), but remap_vmalloc_range() does, right away, and then refuses what does not
 * fit: a page offset beyond the end of the area gets the very error of a lookup that finds nothing.
 */
static __always_inline void look_up(void *address)
{
	remap_vmalloc_range(&no_room, address, ULONG_MAX >> PAGE_SHIFT);
}

/*
 * The same with an answer: a mapping that is empty has no room for the first page of an area, which is what an
 * area that was found gets to hear.
 */
static bool is_found(void *address)
{
	return remap_vmalloc_range(&no_room, address, 0) == -EFAULT;
}

/* One of the pages of one of the areas. */
static __always_inline void *random_page(struct worker *w)
{
	void *area = w->held[draw(w, w->nr_held)];

	return area + ((unsigned long)draw(w, w->pages) << PAGE_SHIFT);
}

static __always_inline int lookup(struct worker *w, bool timed)
{
	unsigned int n;

	for (n = 0; n < w->loops; n++) {
		void *address = random_page(w);
		u64 start_ns = timed ? latency_now() : 0;

		look_up(address);
		if (timed)
			latency_add(w->latency, LATENCY_LOOKUP, start_ns);
		if (n % LOOKUPS_PER_CHECK)
			continue;
		if (!is_found(address))
			return -ENOENT;
		if (worker_pause())
			return -EINTR;
	}
	return 0;
}

static int lookup_run(struct worker *w)
{
	return w->latency ? lookup(w, true) : lookup(w, false);
}

/* 1 to w->pages, each power of two of them as likely as the next: most areas are small. */
static unsigned int random_size(struct worker *w)
{
	unsigned int low = 1U << draw(w, ilog2(w->pages) + 1);

	return min(low + draw(w, low), w->pages);
}

static void *hold_any_size(struct worker *w)
{
	return vmalloc((unsigned long)random_size(w) << PAGE_SHIFT);
}

/* Most areas are freed at once; a few take the place of one that was held until now, and that is freed. */
static __always_inline int lifetime(struct worker *w, bool timed)
{
	unsigned int n;

	for (n = 0; n < w->loops; n++) {
		void *area = allocate(w, random_size(w), timed);
		bool stays = draw(w, AREAS_PER_LONG_LIVED) == 0;
		u32 place = draw(w, w->nr_held);

		if (!area)
			return -ENOMEM;
		touch(area, 0);
		if (stays)
			swap(area, w->held[place]);
		release(w, area, timed);
		if (worker_pause())
			return -EINTR;
	}
	return 0;
}

static int lifetime_run(struct worker *w)
{
	return w->latency ? lifetime(w, true) : lifetime(w, false);
}

static const struct load loads[] = {
	{
		.name = "churn_load",
		.pages = 3,
		.run = churn_run,
	},
	{
		.name = "held_churn_load",
		.pages = 100,
		.live = 15000,
		.hold = hold_page,
		.drop = drop_area,
		.run = held_churn_run,
	},
	{
		.name = "lookup_load",
		.pages = 4,
		.live = 15000,
		.shared = true,
		.hold = hold_mapping,
		.drop = drop_mapping,
		.run = lookup_run,
	},
	{
		.name = "lifetime_load",
		.pages = 16,
		.live = 1000,
		.hold = hold_any_size,
		.drop = drop_area,
		.run = lifetime_run,
	},
};

/* For who wants to know without loading it: the names, and which parameters mean something to each. */
MODULE_INFO(load, "churn_load pages latency");
MODULE_INFO(load, "held_churn_load pages live latency");
MODULE_INFO(load, "lookup_load pages live latency");
MODULE_INFO(load, "lifetime_load pages live latency");

const struct load *load_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(loads); i++)
		if (!strcmp(loads[i].name, name))
			return &loads[i];
	return NULL;
}
