// SPDX-License-Identifier: GPL-2.0-only
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "kernels/apt.h"
#include "kernels/modules.h"

/* Name and "depends=" of modules, as a kernel's files would tell. */
struct told {
	const char *name, *depends;
};

static char *tell(const char *name, const char *file, void *data, GError **error)
{
	g_assert_nonnull(strstr(file, ".ko"));
	for (const struct told *told = data; told->name; told++) {
		if (!strcmp(told->name, name))
			return g_strdup(told->depends);
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s cannot be read", name);
	return NULL;
}

/* modules.order of a kernel that has these. */
static char *list_files(const struct told *told)
{
	GString *text = g_string_new(NULL);

	for (; told->name; told++)
		g_string_append_printf(text, "kernel/drivers/%s.ko\n", told->name);
	return g_string_free(text, FALSE);
}

/* "a b c": the order, or the error's words. Caller frees. */
static char *order(const struct told *told, const char *builtin, const char *const *wanted)
{
	g_autofree char *files = list_files(told);
	g_autoptr(modules) m = modules_parse(files, builtin);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) names = modules_order(m, wanted, tell, (void *)told, &error);

	g_assert_true(!names == !!error);
	if (!names)
		return g_strdup(error->message);
	g_ptr_array_add(names, NULL);
	return g_strjoinv(" ", (char **)names->pdata);
}

static const struct told debian_6_1[] = {
	{ "virtio", "virtio_ring" },
	{ "virtio_console", "virtio,virtio_ring" },
	{ "virtio_pci", "virtio_ring,virtio-pci-modern-dev, virtio_pci_legacy_dev,,virtio" },
	{ "virtio_pci_legacy_dev", "" },
	{ "virtio_pci_modern_dev", "" },
	{ "virtio_ring", "" },
	{ "unused", "virtio" },
	{ NULL, NULL },
};

static void test_order(void)
{
	static const char *const wanted[] = { "virtio_pci", "virtio_console", "virtio_pci", NULL };
	static const char *const nothing[] = { NULL };
	g_autofree char *all = order(debian_6_1, "", wanted);
	g_autofree char *few = order(debian_6_1, "kernel/drivers/virtio/virtio.ko\n"
						 "kernel/drivers/virtio/virtio-pci.ko\n", wanted);
	g_autofree char *none = order(debian_6_1, "", nothing);

	g_assert_cmpstr(all, ==, "virtio_ring virtio_pci_modern_dev virtio_pci_legacy_dev virtio virtio_pci virtio_console");
	g_assert_cmpstr(few, ==, "virtio_ring virtio_console");
	g_assert_cmpstr(none, ==, "");
}

static const struct {
	const char *wanted;
	struct told told[4];
	const char *error;
} refused[] = {
	{ "a", { { "b", "" } }, "this kernel has no module a" },
	{ "a", { { "a", "b" }, { "b", "c" } }, "no module c, which it needs for its module b" },
	{ "a", { { "a", "a" } }, "modules a and a of this kernel depend on each other" },
	{ "a", { { "a", "b" }, { "b", "c" }, { "c", "b" } }, "modules b and c of this kernel depend on each other" },
	{ "a", { { "a", "../../etc/passwd" } }, "no module ../../etc/passwd" },
};

static void test_refused(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
		const char *const wanted[] = { refused[i].wanted, NULL };
		g_autofree char *text = order(refused[i].told, "", wanted);

		g_test_message("%s", text);
		g_assert_nonnull(strstr(text, refused[i].error));
	}
}

static char *tell_next(const char *name, const char *file, void *data, GError **error)
{
	(void)file;
	(void)data;
	(void)error;
	return g_strdup_printf("m%d", atoi(name + 1) + 1);
}

/* A chain without an end is refused before it costs a stack. */
static void test_long(void)
{
	static const char *const wanted[] = { "m0", NULL };
	g_autoptr(GString) files = g_string_new(NULL);
	g_autoptr(modules) m = NULL;
	g_autoptr(GError) error = NULL;

	for (int i = 0; i < 100000; i++)
		g_string_append_printf(files, "m%d.ko\n", i);
	m = modules_parse(files->str, "");
	g_assert_null(modules_order(m, wanted, tell_next, NULL, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, "module m0 of this kernel needs more than"));
}

/* Lines that no kernel writes. */
static void test_odd_lines(void)
{
	static const char text[] = "\n.ko\n/abs/a.ko\n../b.ko\nx/../c.ko\nd\ne.ko.xz\n x/f-g.ko \r\nx/h;i.ko\n"
				   "x/\xff.ko\nko\nx/j.ko";
	g_autoptr(modules) m = modules_parse(text, text);

	g_assert_cmpuint(g_hash_table_size(m->files), ==, 2);
	g_assert_cmpstr(g_hash_table_lookup(m->files, "f_g"), ==, "x/f-g.ko");
	g_assert_cmpint(modules_where(m, "j"), ==, MODULES_BUILTIN);
	g_assert_cmpint(modules_where(m, "a"), ==, MODULES_NOWHERE);
}

enum { MOST = 12 };

/* What a random kernel says: a bit for each module that one depends on. */
struct graph {
	unsigned int edges[MOST];
};

static char *tell_graph(const char *name, const char *file, void *data, GError **error)
{
	const struct graph *graph = data;
	GString *text = g_string_new(NULL);

	(void)file;
	(void)error;
	for (int i = 0; i < MOST; i++) {
		if (graph->edges[atoi(name + 1)] & 1U << i)
			g_string_append_printf(text, "m%d,", i);
	}
	return g_string_free(text, FALSE);
}

/* Every module stands once, behind all that it depends on. */
static void assert_sound(const struct graph *graph, const GPtrArray *names)
{
	unsigned int before = 0;

	for (guint i = 0; i < names->len; i++) {
		int module = atoi((char *)names->pdata[i] + 1);

		g_assert_cmpuint(graph->edges[module] & ~before, ==, 0);
		g_assert_false(before & 1U << module);
		before |= 1U << module;
	}
}

static void test_random(void)
{
	static const char *const wanted[] = { "m0", "m5", "m11", NULL };
	g_autoptr(GRand) rand = g_rand_new_with_seed(20261120);
	g_autoptr(GString) files = g_string_new(NULL);
	g_autoptr(modules) m = NULL;
	int sound = 0;

	for (int i = 0; i < MOST; i++)
		g_string_append_printf(files, "m%d.ko\n", i);
	m = modules_parse(files->str, "");
	for (int round = 0; round < 2000; round++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GPtrArray) names = NULL;
		struct graph graph = { { 0 } };

		for (int edge = 0; edge < round % 20; edge++)
			graph.edges[g_rand_int_range(rand, 0, MOST)] |= 1U << g_rand_int_range(rand, 0, MOST);
		names = modules_order(m, wanted, tell_graph, &graph, &error);
		if (names)
			assert_sound(&graph, names);
		else
			g_assert_nonnull(strstr(error->message, "depend on each other"));
		sound += names != NULL;
	}
	g_assert_cmpint(sound, >, 200);
	g_assert_cmpint(sound, <, 1800);
}

/* What a meta package says of the kernel that it stands for. */
static void test_dependency(void)
{
	static const struct {
		const char *depends, *name;
	} cases[] = {
		{ "linux-image-6.1.0-50-cloud-amd64 (= 6.1.176-1)", "linux-image-6.1.0-50-cloud-amd64" },
		{ "kmod, initramfs-tools (>= 0.120+deb8u2) | linux-initramfs-tool", NULL },
		{ "base, a | linux-image-x:any (>= 1) [amd64], linux-image-y", "linux-image-x" },
		{ "linux-base (>= 4.3~), linux-image-6.12.117+deb12-cloud-amd64(=1)", "linux-image-6.12.117+deb12-cloud-amd64" },
		{ "", NULL }, { ",,|,", NULL }, { "xlinux-image-1", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *name = apt_first_dependency(cases[i].depends, "linux-image-");

		g_assert_cmpstr(name, ==, cases[i].name);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/modules/order", test_order);
	g_test_add_func("/modules/refused", test_refused);
	g_test_add_func("/modules/long", test_long);
	g_test_add_func("/modules/odd-lines", test_odd_lines);
	g_test_add_func("/modules/random", test_random);
	g_test_add_func("/apt/dependency", test_dependency);
	return g_test_run();
}
