// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/sampler.h"

#include <fcntl.h>
#include <glib.h>
#include <unistd.h>

#include "base/json.h"

/* 10000 samples a second, of 100 bytes or more, fill a ring of 1 MiB in one; held back, later. */
#define FULL_S 2
#define FULL_MAX_S 32

/* NULL, and the test is skipped, where this machine cannot be sampled. */
static struct sampler *open_sampler(uint32_t hz)
{
	const struct request rq = { .kind = REQUEST_SAMPLE, .hz = hz, .event = "cpu-clock" };
	struct sampler *s = NULL;
	char why[256];
	g_autojson record = sampler_open(&rq, &s, why, sizeof(why));

	if (!record)
		g_test_skip(why);
	return s;
}

/* In the kernel, with callers: CPUs that are idle are not sampled everywhere. */
static void work(double seconds)
{
	g_autofree char *block = g_malloc(1 << 16);
	gint64 until_us = g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	while (g_get_monotonic_time() < until_us)
		g_assert_cmpint(read(fd, block, 1 << 16), ==, 1 << 16);
	close(fd);
}

static void load(struct sampler *s, double seconds, json_int_t *ret_samples, json_int_t *ret_lost)
{
	g_autojson records = NULL;
	char why[256] = "";

	g_assert_true(sampler_begin(s, why, sizeof(why)));
	work(seconds);
	g_assert_true(sampler_end(s, why, sizeof(why)));
	records = sampler_records(s, why, sizeof(why));
	*ret_samples = json_count(json_array_get(records, 0), "samples", -1);
	*ret_lost = json_count(json_array_get(records, 0), "lost", -1);
}

/* Nobody reads: what is lost at the end of a load is of that load, and of no other. */
static void test_lost(void)
{
	json_int_t samples = 0, lost = 0;
	struct sampler *s = NULL;

	for (double seconds = FULL_S; lost == 0 && seconds <= FULL_MAX_S; seconds *= 2) {
		sampler_close(s);
		s = open_sampler(10000);
		if (!s)
			return;
		load(s, seconds, &samples, &lost);
	}
	g_test_message("%" JSON_INTEGER_FORMAT " samples, %" JSON_INTEGER_FORMAT " lost", samples, lost);
	g_assert_cmpint(samples, >, 1000);
	g_assert_cmpint(lost, >, 0);
	load(s, 0.1, &samples, &lost);
	g_assert_cmpint(samples, >, 0);
	g_assert_cmpint(lost, ==, 0);
	sampler_close(s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/agent-sampler/lost", test_lost);
	return g_test_run();
}
