// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads on mm/vmalloc that lib/test_vmalloc.c has not. The module does its work in its init function, which
 * then fails with -EAGAIN, so that it never stays; what it found is in the kernel's log, in the words of
 * test_vmalloc (docs/module.md).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "latency.h"
#include "load.h"

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timex.h>

#define THREADS_MAX 65535
#define PAGES_MAX (1 << 18)
#define LIVE_MAX 1000000

static char *load_name = "";
module_param_named(load, load_name, charp, 0);
MODULE_PARM_DESC(load, "what to run");

static unsigned int threads = 1;
module_param(threads, uint, 0);
MODULE_PARM_DESC(threads, "workers");

static unsigned int loops = 10000;
module_param(loops, uint, 0);
MODULE_PARM_DESC(loops, "loops of each worker");

static unsigned int pages;
module_param(pages, uint, 0);
MODULE_PARM_DESC(pages, "pages of an area; 0: the load's default");

static unsigned int live;
module_param(live, uint, 0);
MODULE_PARM_DESC(live, "areas that are held all the time; 0: the load's default");

static unsigned int seed = 1;
module_param(seed, uint, 0);
MODULE_PARM_DESC(seed, "of what is random");

static bool latency;
module_param(latency, bool, 0);
MODULE_PARM_DESC(latency, "time each call, and print histograms");

static const struct load *load;
static struct worker *workers;
static void **held;

static DECLARE_COMPLETION(released);
static DECLARE_COMPLETION(finished);
static atomic_t running;
static bool given_up;

int worker_pause(void)
{
	cond_resched();
	return READ_ONCE(given_up) ? -EINTR : 0;
}

static int check_range(const char *name, unsigned int value, unsigned int most)
{
	if (value >= 1 && value <= most)
		return 0;
	pr_err("%s must be 1 to %u, not %u\n", name, most, value);
	return -EINVAL;
}

static int check_parameters(void)
{
	load = load_find(load_name);
	if (!load) {
		pr_err("there is no load \"%s\"\n", load_name);
		return -EINVAL;
	}
	if (live && !load->live) {
		pr_err("%s holds no areas\n", load->name);
		return -EINVAL;
	}
	pages = pages ?: load->pages;
	live = live ?: load->live;
	return check_range("threads", threads, THREADS_MAX) ?:
	       check_range("loops", loops, INT_MAX) ?:
	       check_range("pages", pages, PAGES_MAX) ?:
	       load->live ? check_range("live", live, LIVE_MAX) : 0;
}

/* Every worker has a share of at least one area, or all have all of them. */
static int check_shares(void)
{
	if (!load->live || load->shared || live >= threads)
		return 0;
	pr_err("live must be %u at least, one for each thread, not %u\n", threads, live);
	return -EINVAL;
}

/* Its numbers are its own: a worker is known to the generator by its place. */
static void init_worker(struct worker *w, unsigned int index)
{
	unsigned int first = load->shared ? 0 : div_u64((u64)live * index, threads);
	unsigned int end = load->shared ? live : div_u64((u64)live * (index + 1), threads);

	w->held = held + first;
	w->nr_held = end - first;
	w->loops = loops;
	w->pages = pages;
	w->random = ((u64)seed << 32 | index) * 0x9e3779b97f4a7c15ULL + 1;
}

static void free_workers(void)
{
	unsigned int i;

	for (i = 0; workers && i < threads; i++)
		kvfree(workers[i].latency);
	kvfree(workers);
}

static int make_workers(void)
{
	unsigned int i;

	workers = kvcalloc(threads, sizeof(*workers), GFP_KERNEL);
	if (!workers)
		return -ENOMEM;
	for (i = 0; i < threads; i++) {
		init_worker(&workers[i], i);
		if (!latency)
			continue;
		workers[i].latency = kvzalloc(sizeof(struct latency), GFP_KERNEL);
		if (!workers[i].latency)
			return -ENOMEM;
	}
	return 0;
}

static void drop_areas(void)
{
	unsigned int i;

	for (i = 0; held && i < live; i++) {
		if (held[i])
			load->drop(held[i]);
		cond_resched();
	}
	kvfree(held);
}

/*
 * The OOM killer must not have to see to it: beside all that the workers take at a time a sixteenth of the
 * memory is left.
 */
static int check_memory(void)
{
	unsigned long taken = (unsigned long)threads * (pages + 1);

	if (si_mem_available() > (long)(taken + totalram_pages() / 16))
		return 0;
	pr_err("there is not enough memory for %u threads, %u pages and %u areas\n", threads, pages, live);
	return -ENOMEM;
}

static int hold_share(struct worker *w)
{
	unsigned int i;
	int error;

	for (i = 0; i < w->nr_held; i++) {
		error = fatal_signal_pending(current) ? -EINTR : check_memory();
		if (error)
			return error;
		w->held[i] = load->hold(w);
		if (!w->held[i])
			return -ENOMEM;
		cond_resched();
	}
	return 0;
}

static int hold_areas(void)
{
	unsigned int i, shares = load->shared ? 1 : threads;
	int error = 0;

	for (i = 0; load->live && !error && i < shares; i++)
		error = hold_share(&workers[i]);
	return error;
}

static int work(void *data)
{
	struct worker *w = data;
	int error;

	wait_for_completion(&released);
	error = worker_pause();
	w->cycles = get_cycles();
	w->start_ns = ktime_get_ns();
	if (!error)
		error = load->run(w);
	w->end_ns = ktime_get_ns();
	w->cycles = get_cycles() - w->cycles;
	if (error)
		WRITE_ONCE(given_up, true);
	if (atomic_dec_and_test(&running))
		complete(&finished);
	return error;
}

/* How many there are; fewer than were wanted when no more could be had. */
static unsigned int start_workers(void)
{
	unsigned int i;

	for (i = 0; i < threads; i++) {
		struct task_struct *task = kthread_create(work, &workers[i], "vmap_load/%u", i);

		if (IS_ERR(task)) {
			pr_err("worker %u could not be started (%ld)\n", i, PTR_ERR(task));
			break;
		}
		/* It may end before it is asked how. */
		workers[i].task = get_task_struct(task);
		atomic_inc(&running);
		wake_up_process(task);
	}
	return i;
}

/* The first error of @n workers. */
static int join_workers(unsigned int n)
{
	unsigned int i;
	int error = 0;

	for (i = 0; i < n; i++) {
		int ended = kthread_stop(workers[i].task);

		put_task_struct(workers[i].task);
		/* Those that were made to stop by another say so. */
		if (ended && (!error || error == -EINTR))
			error = ended;
	}
	return error;
}

static int run_workers(void)
{
	unsigned int n;
	int error;

	/* One is ours until all have started. */
	atomic_set(&running, 1);
	n = start_workers();
	if (n < threads)
		WRITE_ONCE(given_up, true);
	complete_all(&released);
	if (!atomic_dec_and_test(&running) && wait_for_completion_killable(&finished)) {
		WRITE_ONCE(given_up, true);
		wait_for_completion(&finished);
	}
	error = join_workers(n);
	return n < threads ? -ENOMEM : error;
}

/* A line of each worker in the form of test_vmalloc's, and one that says that it was the last. */
static void report(void)
{
	unsigned int i;

	for (i = 0; i < threads; i++) {
		const struct worker *w = &workers[i];

		pr_info("Summary: %s passed: 1 failed: 0 loops: %u avg: %llu usec\n", load->name,
			w->loops, div_u64(w->end_ns - w->start_ns, NSEC_PER_USEC));
		pr_info("All test took worker%u=%lu cycles\n", i, w->cycles);
	}
	if (!latency)
		return;
	for (i = 1; i < threads; i++)
		latency_merge(workers[0].latency, workers[i].latency);
	latency_print(workers[0].latency);
}

static int run(void)
{
	int error = check_parameters() ?: check_shares();

	if (error)
		return error;
	held = kvcalloc(live, sizeof(*held), GFP_KERNEL);
	error = held ? make_workers() ?: hold_areas() ?: check_memory() ?: run_workers() : -ENOMEM;
	if (error)
		pr_err("%s ended with error %d\n", load->name, error);
	else
		report();
	drop_areas();
	free_workers();
	return error;
}

/* Success is -EAGAIN, so that the module goes; a failure must not look like it. */
static int __init vmap_load_init(void)
{
	int error = run();

	return error == 0 ? -EAGAIN : error == -EAGAIN ? -EIO : error;
}
module_init(vmap_load_init);

MODULE_DESCRIPTION("Loads on mm/vmalloc for vmapbench");
MODULE_AUTHOR("The vmapbench authors");
MODULE_LICENSE("GPL");
