/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <linux/cache.h>
#include <linux/sched.h>
#include <linux/types.h>

struct latency;

/* One kthread of a run. */
struct worker {
	struct task_struct *task;
	struct latency *latency;	/* of its calls; NULL: they are not timed */
	void **held;			/* its share of the areas that are held */
	unsigned int nr_held;
	unsigned int loops;
	unsigned int pages;
	u64 random;			/* state of its generator, never 0 */
	u64 start_ns;			/* of its loops alone */
	u64 end_ns;
	unsigned long cycles;
} ____cacheline_aligned_in_smp;

/*
 * What workers do. Before them, @hold() makes each of the areas that the run holds, whose number is the
 * parameter "live"; after them @drop() takes each away again. Neither is part of a worker's time.
 */
struct load {
	const char *name;
	unsigned int pages;		/* default of the parameter; what it means is the load's own */
	unsigned int live;		/* default of the parameter; 0: the load holds nothing */
	bool shared;			/* every worker uses all areas, not its share */
	void *(*hold)(struct worker *w);
	void (*drop)(void *area);
	int (*run)(struct worker *w);	/* 0, or an error that ends the run */
};

/* NULL when there is none of that name. */
const struct load *load_find(const char *name);

/* In the midst of a run: lets others run. -EINTR when the run was given up. */
int worker_pause(void);
