// SPDX-License-Identifier: GPL-2.0-only
/* What a soak did and found, out of its records. */
#include "render/soak.h"

#include <glib.h>
#include <string.h>

#include "render/soak-table.h"
#include "run-builder.h"

#define PLAN \
	"title: t\narms:\n  - {name: rb, source: linux-7.3}\n  - {name: mt, source: linux-7.3, series: [.]}\n" \
	"machine: {accel: tcg}\ndesign: {blocks: 1, loads: 1, seed: 1}\n" \
	"cells:\n  - {test: module_soak, threads: [2], loops: 9}\n" \
	"  - {test: churn_load, threads: [1], loops: 5}\n"

static void add_splat(struct run *r, const char *arm, const char *kind, const char *text)
{
	struct run_splat *splat = g_new0(struct run_splat, 1);

	splat->arm = g_strdup(arm);
	splat->boot = g_strdup("b000-g00-mt");
	splat->kind = g_strdup(kind);
	splat->text = g_strdup(text);
	g_ptr_array_add(r->splats, splat);
}

static void add_end(struct run *r, const char *arm, enum run_class class, double seconds)
{
	struct run_boot_end *end;

	builder_end(r, arm, class, class == RUN_OK ? NULL : "a reason");
	end = r->ends->pdata[r->ends->len - 1];
	end->boot_s = end->loads_s = seconds;
	end->shutdown_s = 0;
}

/* rb is clean in two cycles and a half; mt dies in its second. */
static struct run *soaked(void)
{
	struct run *r = builder_run(PLAN, "tcg");

	r->soak_s = 600;
	for (unsigned int block = 0; block < 3; block++) {
		builder_load(r, block, "rb", "module_soak/2", 1);
		if (block < 2)
			builder_load(r, block, "rb", "churn_load/1", 1);
		add_end(r, "rb", RUN_OK, 30);
	}
	builder_load(r, 0, "mt", "module_soak/2", 1);
	builder_load(r, 0, "mt", "churn_load/1", 1);
	add_end(r, "mt", RUN_INFRA, 1);
	add_end(r, "mt", RUN_KERNEL, 10);
	add_splat(r, "mt", "warn", "WARNING: at foo+0x12/0x34, CPU#1: init/1");
	add_splat(r, "mt", "leak", "vmalloc has 9 areas");
	add_splat(r, "mt", "warn", "WARNING: at foo+0x56/0x34, CPU#0: init/73");
	return r;
}

static void test_counts(void)
{
	g_autoptr(run) r = soaked();
	g_autoptr(soak) s = soak_new(r);
	const struct soak_arm *rb = &s->arms[0], *mt = &s->arms[1];

	g_assert_cmpuint(s->arms_count, ==, 2);
	g_assert_cmpuint(rb->boots, ==, 3);
	g_assert_cmpuint(rb->cycles, ==, 2);
	g_assert_cmpuint(rb->loads, ==, 5);
	/* 9 loops and the one before them, of two workers. */
	g_assert_cmpuint(rb->module_loads, ==, 3 * 20);
	g_assert_cmpfloat(rb->guest_s, ==, 180);
	g_assert_null(rb->failed);
	g_assert_cmpuint(mt->boots, ==, 1);
	g_assert_cmpuint(mt->spoilt, ==, 1);
	g_assert_cmpuint(mt->splats, ==, 3);
	g_assert_cmpuint(mt->leaks, ==, 1);
	g_assert_nonnull(mt->failed);
	g_assert_true(soak_has_failure(s));
}

static void test_splats(void)
{
	g_autoptr(run) r = soaked();
	g_autoptr(soak) s = soak_new(r);
	const struct soak_splat *warn = s->splats->pdata[0];

	g_assert_cmpuint(s->splats->len, ==, 2);
	g_assert_cmpstr(warn->fingerprint, ==, "WARNING: at foo, CPU#N: init/N");
	g_assert_cmpuint(warn->count, ==, 2);
}

static const struct {
	const char *text, *fingerprint;
} prints[] = {
	{ "WARNING: mm/vmalloc.c:3456 at alloc_vmap_area+0x36/0x4a0, CPU#3: init/1",
	  "WARNING: mm/vmalloc.c:3456 at alloc_vmap_area, CPU#N: init/N" },
	{ "BUG: KASAN: use-after-free in find_vmap_area+0x1/0x2",
	  "BUG: KASAN: use-after-free in find_vmap_area" },
	{ "BUG: unable to handle page fault for address: ffffc90000111000",
	  "BUG: unable to handle page fault for address: ADDRESS" },
	{ "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [kworker/1:2:345]",
	  "watchdog: BUG: soft lockup - CPU#N stuck for 22s! [kworker/N:N:N]" },
	{ "", "" },
};

static void test_fingerprints(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(prints); i++) {
		g_autofree char *print = soak_fingerprint(prints[i].text);

		g_assert_cmpstr(print, ==, prints[i].fingerprint);
	}
}

static void test_formats(void)
{
	g_autoptr(run) r = soaked();
	g_autoptr(soak) s = soak_new(r);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) csv = g_string_new(NULL);
	g_autoptr(GString) data = g_string_new(NULL);
	g_autojson json = NULL;

	soak_table_render(s, TABLE_TEXT, text);
	g_assert_nonnull(strstr(text->str, "t: a soak of 10m00s"));
	g_assert_nonnull(strstr(text->str, "mt ended with boot b000-mt-0: a reason"));
	soak_table_render(s, TABLE_CSV, csv);
	g_assert_true(g_str_has_prefix(csv->str, "v,run,arm,boots,spoilt_boots,cycles,loads,"));
	soak_table_render(s, TABLE_JSON, data);
	json = json_loads(data->str, 0, NULL);
	g_assert_cmpuint(json_array_size(json_object_get(json, "arms")), ==, 2);
	g_assert_cmpuint(json_array_size(json_object_get(json, "splats")), ==, 2);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/soak/counts", test_counts);
	g_test_add_func("/soak/splats", test_splats);
	g_test_add_func("/soak/fingerprints", test_fingerprints);
	g_test_add_func("/soak/formats", test_formats);
	return g_test_run();
}
