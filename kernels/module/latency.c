// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "latency.h"

#include <linux/kernel.h>
#include <linux/minmax.h>

/* Some twenty buckets: a line of the log stays far below what printk takes in one record. */
#define LINE_BYTES 256
/* " LOW:COUNT", both at their longest. */
#define BUCKET_BYTES 42

static const char *const names[LATENCY_CALLS] = {
	[LATENCY_VMALLOC] = "vmalloc",
	[LATENCY_VFREE] = "vfree",
	[LATENCY_LOOKUP] = "lookup",
};

static void merge(struct hist *to, const struct hist *from)
{
	unsigned int i;

	to->sum += from->sum;
	to->max = max(to->max, from->max);
	for (i = 0; i < HIST_BUCKETS; i++)
		to->buckets[i] += from->buckets[i];
}

void latency_merge(struct latency *to, const struct latency *from)
{
	unsigned int call;

	for (call = 0; call < LATENCY_CALLS; call++)
		merge(&to->calls[call], &from->calls[call]);
}

static u64 count(const struct hist *h)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < HIST_BUCKETS; i++)
		sum += h->buckets[i];
	return sum;
}

static void print_buckets(const char *name, const struct hist *h)
{
	char line[LINE_BYTES];
	unsigned int i, used = 0;

	for (i = 0; i < HIST_BUCKETS; i++) {
		if (!h->buckets[i])
			continue;
		if (used + BUCKET_BYTES >= sizeof(line)) {
			pr_info("Buckets: %s%s\n", name, line);
			used = 0;
		}
		used += scnprintf(line + used, sizeof(line) - used, " %llu:%llu",
				  hist_low(i), h->buckets[i]);
	}
	if (used)
		pr_info("Buckets: %s%s\n", name, line);
}

void latency_print(const struct latency *l)
{
	unsigned int call;

	for (call = 0; call < LATENCY_CALLS; call++) {
		const struct hist *h = &l->calls[call];
		u64 n = count(h);

		if (!n)
			continue;
		pr_info("Latency: %s count: %llu sum_ns: %llu max_ns: %llu\n",
			names[call], n, h->sum, h->max);
		print_buckets(names[call], h);
	}
}
