// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loaded and removed again and again (docs/soak.md). It does nothing but hold areas of one page from its init
 * to its exit, so that its removal has something to give back. It never says a word: a soak is thousands of
 * loads.
 *
 * Copies of it are loaded side by side: the digits at the end of its name are what tells them apart.
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define AREAS_MAX 1000000

MODULE_INFO(load, "module_load pages live");
MODULE_INFO(load, "module_soak pages live pressure");
MODULE_INFO(load, "drill-leak pages live pressure");

static unsigned int areas;
module_param(areas, uint, 0);
MODULE_PARM_DESC(areas, "areas of one page that are held while it is loaded");

static unsigned int leak;
module_param(leak, uint, 0);
MODULE_PARM_DESC(leak, "areas of one page that are never freed: for those who look for leaks");

static void **held __ro_after_init;

static void drop_areas(unsigned int n)
{
	while (n--)
		vfree(held[n]);
	kvfree(held);
}

static int hold_areas(void)
{
	unsigned int i;

	held = kvcalloc(areas, sizeof(*held), GFP_KERNEL);
	for (i = 0; held && i < areas; i++) {
		held[i] = vmalloc(PAGE_SIZE);
		if (!held[i]) {
			drop_areas(i);
			return -ENOMEM;
		}
		cond_resched();
	}
	return held ? 0 : -ENOMEM;
}

static int leak_areas(void)
{
	unsigned int i;

	for (i = 0; i < leak; i++) {
		if (!vmalloc(PAGE_SIZE))
			return -ENOMEM;
	}
	return 0;
}

static int __init vmap_soak_init(void)
{
	int error;

	if (areas > AREAS_MAX || leak > AREAS_MAX)
		return -EINVAL;
	error = hold_areas();
	if (error)
		return error;
	error = leak_areas();
	if (error)
		drop_areas(areas);
	return error;
}
module_init(vmap_soak_init);

static void __exit vmap_soak_exit(void)
{
	drop_areas(areas);
}
module_exit(vmap_soak_exit);

MODULE_DESCRIPTION("A module to be loaded and removed, for vmapbench");
MODULE_AUTHOR("The vmapbench authors");
MODULE_LICENSE("GPL");
