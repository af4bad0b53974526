// SPDX-License-Identifier: GPL-2.0-only
/* Manifests made up in pairs: what a plan declares, what follows from it, and what nobody said. */
#include "render/confound.h"

#include <glib.h>
#include <string.h>

#include "base/error.h"

#define HEAD "title: t\ncells: [{test: fix_size_alloc_test, threads: [1], loops: 10}]\naa: true\narms:\n"
#define BASE "  - {name: a, source: linux-7.3}\n"

/* Two arms, a and b, in one run; every text of "b" can be changed by a test. */
static const char manifest_text[] =
	"{'accel':'tcg','host':{'kernel':'6.1','qemu':'7.2','cpus':2,'memory':'1 kB'},"
	"'configs':{'c1':{'MMU':'y','NODES_SHIFT':'6'},'c2':{'MMU':'y','NODES_SHIFT':'4','KASAN':'y'}},"
	"'arms':[{'name':'a','kernel':KERNEL},{'name':'b','kernel':KERNEL},{'name':'aa','kernel':KERNEL}]}";
static const char kernel_text[] =
	"{'key':'k','arch':'x86_64','layout':0,'release':'7.3.4','build_id':'1',"
	"'source':{'name':'linux-7.3','kind':'deb','version':'7.3.4-1','release':'7.3.4','digest':'d1','from_cache':true},"
	"'series':[],'config':{'sha256':'c1','fragments':[{'file':'x86_64.config','sha256':'f1'}]},"
	"'tools':{'compiler':'gcc 12','linker':'ld 2.40','pahole':'v1.24'},'image':{'sha256':'i1','bytes':7},"
	"'build':{'seconds':1.5}}";

static char *replace(const char *text, const char *what, const char *by)
{
	g_auto(GStrv) parts = g_strsplit(text, what, -1);

	return g_strjoinv(by, parts);
}

static json_t *made_up(void)
{
	g_autofree char *text = replace(manifest_text, "KERNEL", kernel_text);
	json_t *manifest = json_loads(g_strdelimit(text, "'", '"'), 0, NULL);

	g_assert_nonnull(manifest);
	return manifest;
}

static json_t *kernel_of(json_t *manifest, size_t arm)
{
	return json_object_get(json_array_get(json_object_get(manifest, "arms"), arm), "kernel");
}

/* Sets what stands at "section.key" of a kernel, or at "key". */
static void set(json_t *kernel, const char *path, const char *value)
{
	g_auto(GStrv) keys = g_strsplit(path, ".", 2);
	json_t *json = json_loads(value, JSON_DECODE_ANY, NULL);

	g_assert_nonnull(json);
	json_object_set_new(keys[1] ? json_object_get(kernel, keys[0]) : kernel, keys[1] ? keys[1] : keys[0], json);
}

static struct plan *parse(const char *arms)
{
	g_autofree char *text = g_strconcat(HEAD, arms, NULL);
	GError *error = NULL;
	struct plan *p = plan_parse_frozen(text, "plan.yaml", &error);

	g_assert_no_error(error);
	return p;
}

static const struct confound_difference *find(const struct confound *c, const char *key)
{
	for (guint i = 0; i < c->differences->len; i++) {
		const struct confound_difference *d = c->differences->pdata[i];

		if (!strcmp(d->key, key))
			return d;
	}
	g_error("%s does not differ", key);
}

struct change {
	const char *path, *value;
};

/* Arm b of the plan, whose kernel has @changes (ended by a NULL path), against arm a. */
static struct confound *compare(const char *arms, const struct change *changes, const char *const *allowed)
{
	g_autoptr(plan) p = parse(arms);
	g_autojson manifest = made_up();

	for (; changes->path; changes++)
		set(kernel_of(manifest, 1), changes->path, changes->value);
	return confound_new(&(struct confound_side){ p, manifest, "a" }, &(struct confound_side){ p, manifest, "b" },
			    allowed);
}

static void test_nothing(void)
{
	static const struct change none[] = { { NULL, NULL } };
	g_autoptr(confound) c = compare(BASE "  - {name: b, source: linux-7.3, append: nosmt}\n", none, NULL);

	g_assert_cmpuint(c->differences->len, ==, 1);
	g_assert_cmpint(find(c, "append")->why, ==, CONFOUND_DECLARED);
}

/* A kernel that was never made is no kernel that was made in another way. */
static void test_unbuilt(void)
{
	g_autoptr(plan) p = parse(BASE "  - {name: b, source: linux-7.3, series: [b.patch]}\n");
	g_autojson manifest = made_up();
	json_t *arm = json_array_get(json_object_get(manifest, "arms"), 1);
	g_autoptr(confound) c = NULL;

	json_object_del(arm, "kernel");
	json_object_set_new(arm, "unbuilt", json_pack("{ss}", "why", "it does not apply"));
	c = confound_new(&(struct confound_side){ p, manifest, "a" }, &(struct confound_side){ p, manifest, "b" }, NULL);
	g_assert_cmpuint(c->differences->len, ==, 0);
	g_assert_false(confound_refuses(c));
}

/* What an arm of each kind differs by in a run that is as it should be. */
static void test_declared(void)
{
	static const struct {
		const char *arm;
		struct change changes[8];
	} cases[] = {
		{ "series: [b.patch]", { { "series", "[{\"file\":\"b.patch\",\"sha256\":\"p1\"}]" },
					 { "image.sha256", "\"i2\"" }, { "config.sha256", "\"c2\"" } } },
		{ "layout: 2", { { "layout", "2" }, { "image.sha256", "\"i2\"" } } },
		{ "config: b.config", { { "config.sha256", "\"c2\"" }, { "image.sha256", "\"i2\"" },
					{ "config.fragments", "[{\"file\":\"x86_64.config\",\"sha256\":\"f1\"},"
							      "{\"file\":\"b.config\",\"sha256\":\"f2\"}]" } } },
		{ NULL, { { "source", "{\"name\":\"linux-6.1\",\"kind\":\"deb\",\"digest\":\"d2\"}" },
			  { "config.sha256", "\"c2\"" }, { "image.sha256", "\"i2\"" } } },
		{ NULL, { { "source", "{\"name\":\"image:x\",\"kind\":\"image\",\"package\":\"x\",\"digest\":\"d2\"}" },
			  { "config", "{\"sha256\":\"c2\",\"fragments\":[]}" }, { "tools", "null" },
			  { "modules", "[{\"file\":\"a.ko\",\"sha256\":\"m\"}]" }, { "image.sha256", "\"i2\"" } } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *arms = cases[i].arm ?
			g_strdup_printf(BASE "  - {name: b, source: linux-7.3, %s}\n", cases[i].arm) :
			g_strdup(BASE "  - {name: b, source: linux-6.1}\n");
		g_autoptr(confound) c = compare(arms, cases[i].changes, NULL);

		g_assert_false(confound_refuses(c));
		g_assert_cmpuint(c->counts[CONFOUND_DECLARED], >, 0);
	}
}

#define PATCHED BASE "  - {name: b, source: linux-7.3, series: [b.patch]}\n"

/* The same changes when the plan says nothing of them. */
static void test_undeclared(void)
{
	static const struct {
		struct change change;
		const char *key;
	} cases[] = {
		{ { "tools.compiler", "\"gcc 13\"" }, "tools.compiler" },
		{ { "source.digest", "\"d2\"" }, "source.digest" },
		{ { "layout", "3" }, "layout" },
		{ { "arch", "\"arm64\"" }, "arch" },
		{ { "config.fragments", "[{\"file\":\"x86_64.config\",\"sha256\":\"f2\"}]" }, "config.fragments.1" },
		{ { "config.fragments", "[{\"file\":\"x86_64.config\",\"sha256\":\"f1\"},{\"file\":\"b\",\"sha256\":\"f2\"}]" },
		  "config.fragments.2" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const struct change changes[] = {
			cases[i].change, { "series", "[{\"file\":\"b.patch\",\"sha256\":\"p1\"}]" }, { NULL, NULL },
		};
		g_autoptr(confound) c = compare(PATCHED, changes, NULL);

		g_assert_true(confound_refuses(c));
		g_assert_cmpint(find(c, cases[i].key)->why, ==, CONFOUND_UNDECLARED);
		g_assert_cmpint(find(c, "series.1")->why, ==, CONFOUND_DECLARED);
	}
}

/* Lines of a configuration follow from what is declared; when nothing is, they are the confound themselves. */
static void test_config_lines(void)
{
	static const struct change changes[] = { { "config.sha256", "\"c2\"" }, { NULL, NULL } };
	static const struct change both[] = { { "config.sha256", "\"c2\"" }, { "source.digest", "\"d2\"" }, { NULL, NULL } };
	g_autoptr(confound) bare = compare(BASE "  - {name: b, source: linux-7.3}\n", changes, NULL);
	g_autoptr(confound) derived = compare(BASE "  - {name: b, source: linux-6.1}\n", both, NULL);

	g_assert_cmpuint(bare->counts[CONFOUND_UNDECLARED], ==, 2);
	g_assert_cmpstr(find(bare, "config.KASAN")->candidate, ==, "y");
	g_assert_null(find(bare, "config.KASAN")->baseline);
	g_assert_cmpstr(find(bare, "config.NODES_SHIFT")->baseline, ==, "6");
	g_assert_cmpuint(derived->counts[CONFOUND_DERIVED], ==, 2);
	g_assert_false(confound_refuses(derived));
}

static void test_image_alone(void)
{
	static const struct change changes[] = { { "image.sha256", "\"i2\"" }, { NULL, NULL } };
	g_autoptr(confound) c = compare(BASE "  - {name: b, source: linux-7.3}\n", changes, NULL);

	g_assert_true(confound_refuses(c));
}

static void test_allowed(void)
{
	static const struct change changes[] = {
		{ "tools.compiler", "\"gcc 13\"" }, { "tools.linker", "\"ld 2.41\"" }, { NULL, NULL },
	};
	const char *const one[] = { "tools.compiler", NULL }, *const all[] = { "tools", NULL };
	const char *const other[] = { "tool", "tools.comp", NULL };
	g_autoptr(confound) part = compare(PATCHED, changes, one);
	g_autoptr(confound) whole = compare(PATCHED, changes, all);
	g_autoptr(confound) none = compare(PATCHED, changes, other);

	g_assert_true(confound_refuses(part));
	g_assert_cmpint(find(part, "tools.compiler")->why, ==, CONFOUND_ALLOWED);
	g_assert_false(confound_refuses(whole));
	g_assert_cmpuint(whole->counts[CONFOUND_ALLOWED], ==, 2);
	g_assert_cmpuint(none->counts[CONFOUND_UNDECLARED], ==, 2);
}

static void test_diff(void)
{
	static const struct change changes[] = {
		{ "tools.compiler", "\"gcc 13\"" }, { "tools.pahole", "null" }, { NULL, NULL },
	};
	static const char *const expected[] = {
		"--- a", "+++ b", "-tools.compiler: gcc 12", "+tools.compiler: gcc 13", "-tools.pahole: v1.24",
	};
	g_autoptr(confound) c = compare(PATCHED, changes, NULL);
	g_autoptr(GPtrArray) lines = confound_diff(c, "a", "b");

	g_assert_cmpuint(lines->len, ==, G_N_ELEMENTS(expected));
	for (guint i = 0; i < lines->len; i++)
		g_assert_cmpstr(lines->pdata[i], ==, expected[i]);
}

/* The A/A arm is the baseline's kernel, whether the manifest repeats it or not. */
static void test_aa(void)
{
	g_autoptr(plan) p = parse(PATCHED);
	g_autojson manifest = made_up();
	const struct confound_side a = { p, manifest, "a" }, aa = { p, manifest, "aa" };
	g_autoptr(confound) same = confound_new(&a, &aa, NULL);
	g_autoptr(confound) unnamed = NULL;
	g_autoptr(confound) other = NULL;

	g_assert_cmpuint(same->differences->len, ==, 0);
	set(kernel_of(manifest, 2), "source.digest", "\"d2\"");
	other = confound_new(&a, &aa, NULL);
	g_assert_true(confound_refuses(other));
	json_array_remove(json_object_get(manifest, "arms"), 2);
	unnamed = confound_new(&a, &aa, NULL);
	g_assert_cmpuint(unnamed->differences->len, ==, 0);
}

static void test_two_runs(void)
{
	g_autoptr(plan) p = parse(PATCHED);
	g_autoptr(plan) q = parse(PATCHED "machine: {smp: 2}\n");
	g_autojson before = made_up();
	g_autojson after = made_up();
	const struct confound_side b = { p, before, "b" }, same = { p, after, "b" }, other = { q, after, "b" };
	g_autoptr(confound) nothing = confound_new(&b, &same, NULL);
	g_autoptr(confound) c = NULL;

	g_assert_cmpuint(nothing->differences->len, ==, 0);
	set(json_object_get(after, "host"), "qemu", "\"8.0\"");
	set(json_object_get(after, "host"), "memory", "\"2 kB\"");
	c = confound_new(&b, &other, NULL);
	g_assert_cmpuint(c->counts[CONFOUND_UNDECLARED], ==, 2);
	g_assert_cmpstr(find(c, "host.qemu")->candidate, ==, "8.0");
	g_assert_cmpstr(find(c, "machine.smp")->candidate, ==, "2");
}

/* Manifests of other shapes: nothing is known, and nothing crashes. */
static void test_strange(void)
{
	static const char *const texts[] = {
		"{}", "{\"arms\":7}", "{\"arms\":[7,{\"name\":\"a\"},{\"name\":\"b\",\"kernel\":[]}]}",
		"{\"arms\":[{\"name\":\"a\",\"kernel\":{\"series\":{},\"config\":7,\"source\":\"x\"}},"
		"{\"name\":\"b\",\"kernel\":{\"series\":[1,{}],\"config\":{\"fragments\":[[],2]}}}],\"configs\":[]}",
	};
	g_autoptr(plan) p = parse(PATCHED);

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autojson manifest = json_loads(texts[i], 0, NULL);
		g_autoptr(confound) c = NULL;

		g_assert_nonnull(manifest);
		c = confound_new(&(struct confound_side){ p, manifest, "a" }, &(struct confound_side){ p, manifest, "b" },
				 NULL);
		g_assert_nonnull(c);
	}
}

static void test_keys(void)
{
	const char *const good[] = { "tools", "host.qemu", "config.KASAN", NULL }, *const bad[] = { "compiler", NULL };
	const char *const empty[] = { "", NULL };
	g_autoptr(GError) error = NULL;

	g_assert_true(confound_check_keys(NULL, NULL));
	g_assert_true(confound_check_keys(good, NULL));
	g_assert_false(confound_check_keys(empty, NULL));
	g_assert_false(confound_check_keys(bad, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/confound/nothing", test_nothing);
	g_test_add_func("/confound/unbuilt", test_unbuilt);
	g_test_add_func("/confound/declared", test_declared);
	g_test_add_func("/confound/undeclared", test_undeclared);
	g_test_add_func("/confound/config-lines", test_config_lines);
	g_test_add_func("/confound/image-alone", test_image_alone);
	g_test_add_func("/confound/allowed", test_allowed);
	g_test_add_func("/confound/diff", test_diff);
	g_test_add_func("/confound/aa", test_aa);
	g_test_add_func("/confound/two-runs", test_two_runs);
	g_test_add_func("/confound/strange", test_strange);
	g_test_add_func("/confound/keys", test_keys);
	return g_test_run();
}
