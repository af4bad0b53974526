// SPDX-License-Identifier: GPL-2.0-only
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "kernels/config.h"
#include "kernels/kconfig-expr.h"
#include "kernels/kconfig.h"

/* A made-up tree that uses every statement the reader knows. */
static const char top[] =
	"mainmenu \"Test\"\n"
	"source \"arch/$(SRCARCH)/Kconfig\"\n"
	"source \"missing/Kconfig\"\n"
	"source \"$(UNKNOWN)/Kconfig\"\n"
	"config BTF\n"
	"\tbool \"Type information # not a comment\"\n"
	"\tdepends on DEBUG_INFO && !REDUCED # a comment\n"
	"\tdepends on BPF && \\\n"
	"\t\t(PAHOLE >= 116 || $(cc-option,-gbtf))\n"
	"\thelp\n"
	"\t  config NOT_A_SYMBOL\n"
	"\n"
	"\t  if this were no help\n"
	"if OUTER\n"
	"menu \"Inner\"\n"
	"\tdepends on INNER\n"
	"\tvisible if SOMETHING\n"
	"config NESTED\n"
	"\ttristate \"Nested\" if EXPERT\n"
	"\tselect HIDDEN if BTF\n"
	"\tdepends on A if B\n"
	"comment \"a comment entry\"\n"
	"\tdepends on COMMENT\n"
	"endmenu\n"
	"endif\n"
	"config HIDDEN\n"
	"\tbool\n"
	"choice\n"
	"\tprompt \"One of\"\n"
	"\tdepends on CHOICE\n"
	"config ONE\n"
	"\tbool \"One\"\n"
	"endchoice\n"
	"config FREE\n"
	"\tbool \"Free\"\n";

static const char arch[] = "config X86\n\tdef_bool y\nrsource \"sub/Kconfig\"\n";
static const char sub[] = "config SUB\n\tint \"Number\"\n";

struct fixture {
	char *tree;
	struct kconfig *k;
	GHashTable *config;
};

static void write_file(const char *tree, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(tree, name, NULL);
	g_autofree char *dir = g_path_get_dirname(path);

	g_assert_true(path_make_dirs(dir, NULL));
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void set_up(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	f->tree = g_dir_make_tmp("kconfig-XXXXXX", NULL);
	write_file(f->tree, "Kconfig", top);
	write_file(f->tree, "arch/x86/Kconfig", arch);
	write_file(f->tree, "arch/x86/sub/Kconfig", sub);
	f->k = kconfig_load(f->tree, "x86", NULL);
	g_assert_nonnull(f->k);
	f->config = kconfig_parse_dot_config("CONFIG_DEBUG_INFO=y\nCONFIG_BPF=m\nCONFIG_PAHOLE=124\n"
					     "CONFIG_TEXT=\"a=b\"\n# CONFIG_REDUCED is not set\n");
}

static void tear_down(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	kconfig_free(f->k);
	g_hash_table_unref(f->config);
	path_remove_tree(f->tree, NULL);
	g_free(f->tree);
}

static void test_dot_config(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_assert_cmpstr(g_hash_table_lookup(f->config, "PAHOLE"), ==, "124");
	g_assert_cmpstr(g_hash_table_lookup(f->config, "TEXT"), ==, "\"a=b\"");
	g_assert_null(g_hash_table_lookup(f->config, "REDUCED"));
}

static void test_evaluate(struct fixture *f, gconstpointer unused)
{
	static const struct {
		const char *expression;
		enum kconfig_value value;
	} cases[] = {
		{ "y", KCONFIG_Y },
		{ "DEBUG_INFO", KCONFIG_Y },
		{ "BPF", KCONFIG_M },
		{ "!BPF", KCONFIG_M },
		{ "NOTHING", KCONFIG_N },
		{ "!NOTHING", KCONFIG_Y },
		{ "DEBUG_INFO && BPF", KCONFIG_M },
		{ "NOTHING || BPF", KCONFIG_M },
		{ "NOTHING && DEBUG_INFO || BPF", KCONFIG_M },
		{ "NOTHING && (DEBUG_INFO || BPF)", KCONFIG_N },
		{ "PAHOLE >= 116", KCONFIG_Y },
		{ "PAHOLE<116", KCONFIG_N },
		{ "PAHOLE != 124", KCONFIG_N },
		{ "PAHOLE = 124", KCONFIG_Y },
		{ "PAHOLE > 99", KCONFIG_Y },
		{ "BPF = m", KCONFIG_Y },
		{ "NOTHING = n", KCONFIG_Y },
		{ "BPF != \"m\"", KCONFIG_N },
		{ "$(cc-option,-f(x))", KCONFIG_UNKNOWN },
		{ "!$(x)", KCONFIG_UNKNOWN },
		{ "$(x) && NOTHING", KCONFIG_N },
		{ "$(x) || DEBUG_INFO", KCONFIG_Y },
		{ "$(x) && DEBUG_INFO", KCONFIG_UNKNOWN },
		{ "\"$(x)\" = \"\"", KCONFIG_UNKNOWN },
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		enum kconfig_value value = KCONFIG_N;

		g_test_message("%s", cases[i].expression);
		g_assert_true(kconfig_evaluate(cases[i].expression, f->config, &value));
		g_assert_cmpint(value, ==, cases[i].value);
	}
}

static void test_no_expression(struct fixture *f, gconstpointer unused)
{
	static const char *const cases[] = {
		"", "(", ")", "A &&", "&& A", "A B", "(A", "A =", "= A", "$(A", "\"A", "!", "A || || B",
		"A ? B",
	};
	g_autofree char *deep = g_strnfill(100000, '(');
	g_autofree char *nots = g_strnfill(10000, '!');
	enum kconfig_value value;

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i]);
		g_assert_false(kconfig_evaluate(cases[i], f->config, &value));
	}
	g_assert_false(kconfig_evaluate(deep, f->config, &value));
	g_assert_false(kconfig_evaluate(nots, f->config, &value));
}

static void test_print(void)
{
	static const char *const cases[] = {
		"A", "!A", "A && B", "A || B && C", "(A || B) && C", "!(A && B)", "A != \"x\"", "$(f,(x)) && A",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct expr *e = expr_parse(cases[i]);
		g_autofree char *text = e ? expr_print(e) : NULL;

		g_assert_cmpstr(text, ==, cases[i]);
		expr_free(e);
	}
}

static void test_find(struct fixture *f, gconstpointer unused)
{
	static const char *const there[] = { "BTF", "NESTED", "HIDDEN", "ONE", "FREE", "X86", "SUB" };
	static const char *const absent[] = { "NOT_A_SYMBOL", "EXPERT", "this", "" };
	const struct kconfig_block *block;

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(there); i++)
		g_assert_nonnull(kconfig_find(f->k, there[i]));
	for (size_t i = 0; i < G_N_ELEMENTS(absent); i++)
		g_assert_null(kconfig_find(f->k, absent[i]));
	block = kconfig_find(f->k, "SUB")->blocks->pdata[0];
	g_assert_cmpstr(block->file, ==, "arch/x86/sub/Kconfig");
	g_assert_cmpuint(block->line, ==, 1);
	block = kconfig_find(f->k, "FREE")->blocks->pdata[0];
	g_assert_cmpuint(block->line, ==, 34);
	g_assert_cmpuint(block->depends->len, ==, 0);
}

static void test_depends(struct fixture *f, gconstpointer unused)
{
	static const char *const wanted[] = { "OUTER", "INNER", "EXPERT", "(A) || !(B)" };
	const struct kconfig_block *block = kconfig_find(f->k, "NESTED")->blocks->pdata[0];

	(void)unused;
	g_assert_cmpuint(block->depends->len, ==, G_N_ELEMENTS(wanted));
	for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
		g_assert_cmpstr(block->depends->pdata[i], ==, wanted[i]);
	g_assert_true(block->prompt);
	block = kconfig_find(f->k, "ONE")->blocks->pdata[0];
	g_assert_cmpuint(block->depends->len, ==, 1);
	g_assert_cmpstr(block->depends->pdata[0], ==, "CHOICE");
	block = kconfig_find(f->k, "HIDDEN")->blocks->pdata[0];
	g_assert_false(block->prompt);
}

static void test_explain(struct fixture *f, gconstpointer unused)
{
	g_autofree char *btf = kconfig_explain(f->k, "BTF", "y", f->config);
	g_autofree char *hidden = kconfig_explain(f->k, "HIDDEN", "y", f->config);
	g_autofree char *unknown = kconfig_explain(f->k, "NO_SUCH", "y", f->config);
	g_autofree char *off = NULL;

	(void)unused;
	g_assert_cmpstr(btf, ==, "  defined at Kconfig:5\n    needs BPF (BPF=m)\n");
	g_assert_nonnull(strstr(hidden, "no prompt"));
	g_assert_cmpstr(unknown, ==, "  no Kconfig file of this source defines it\n");
	g_hash_table_insert(f->config, g_strdup("NESTED"), g_strdup("y"));
	off = kconfig_explain(f->k, "HIDDEN", "n", f->config);
	g_assert_nonnull(strstr(off, "has no prompt there"));
	g_assert_true(g_str_has_suffix(off, "\n    selected by NESTED=y if BTF\n"));
}

static void test_loop_and_garbage(void)
{
	g_autofree char *tree = g_dir_make_tmp("kconfig-XXXXXX", NULL);
	struct kconfig *k;

	write_file(tree, "Kconfig",
		   "source \"Kconfig\"\nendif\nendmenu\nif\nconfig\nconfig A\nselect\nhelp\n"
		   "depends on\nmenu\nchoice\nif ((\nconfig B\nbool \"x\" if\ndepends on ((\n\\\n\xff\xfe\\");
	k = kconfig_load(tree, "x86", NULL);
	g_assert_nonnull(k);
	g_assert_nonnull(kconfig_find(k, "A"));
	kconfig_free(k);
	path_remove_tree(tree, NULL);
}

/* Every prefix of a file, and every file with one byte gone wrong, is read without harm. */
static void test_torn_files(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	for (size_t length = 0; length < sizeof(top); length++) {
		g_autofree char *torn = g_strndup(top, length);
		g_autofree char *spoilt = g_strdup(top);
		struct kconfig *k;

		write_file(f->tree, "Kconfig", torn);
		k = kconfig_load(f->tree, "x86", NULL);
		g_assert_nonnull(k);
		kconfig_free(k);
		spoilt[length % (sizeof(top) - 1)] = "\"(\\\n$"[length % 5];
		write_file(f->tree, "Kconfig", spoilt);
		k = kconfig_load(f->tree, "x86", NULL);
		g_assert_nonnull(k);
		kconfig_free(k);
	}
}

static void test_fragment(void)
{
	g_autoptr(config_request) r = config_request_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	g_assert_true(config_parse(r, "# words\nCONFIG_A=y\n\nCONFIG_N=64\nCONFIG_S=\"a b\"\n", "one", NULL));
	g_assert_true(config_parse(r, "# optional\nCONFIG_B=m\n# CONFIG_N is not set\n", "two", NULL));
	text = config_to_text(r);
	g_assert_cmpstr(text, ==, "CONFIG_A=y\nCONFIG_S=\"a b\"\nCONFIG_B=m\n# CONFIG_N is not set\n");
	g_assert_true(((struct config_line *)r->lines->pdata[2])->optional);
	g_assert_false(config_parse(r, "CONFIG_A=y\nCONFIG_X=maybe\n", "three", &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_true(g_str_has_prefix(error->message, "three:2: \"CONFIG_X=maybe\""));
}

static void test_check(struct fixture *f, gconstpointer unused)
{
	static const struct target x86 = { .arch = "x86_64", .make_arch = "x86" };
	g_autoptr(config_request) r = config_request_new();
	g_autoptr(GError) error = NULL;

	(void)unused;
	g_assert_true(config_parse(r, "CONFIG_FREE=y\n# optional\nCONFIG_GONE=y\n# CONFIG_BTF is not set\n",
				   "a", NULL));
	g_assert_true(config_check(r, "CONFIG_FREE=y\n", f->tree, &x86, NULL));
	g_assert_true(config_parse(r, "# optional\nCONFIG_ONE=y\nCONFIG_LOST=y\n", "b", NULL));
	g_assert_false(config_check(r, "CONFIG_FREE=y\nCONFIG_BTF=y\n", f->tree, &x86, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	g_assert_nonnull(strstr(error->message, "a:4: CONFIG_BTF=n did not stick, it is y"));
	g_assert_nonnull(strstr(error->message, "b:2: CONFIG_ONE=y did not stick, it is not set\n"
						"  defined at Kconfig:31\n    needs CHOICE (CHOICE "
						"is not set)"));
	g_assert_nonnull(strstr(error->message, "b:3: CONFIG_LOST=y"));
	g_assert_null(strstr(error->message, "GONE"));
}

#define ADD(path, function) g_test_add(path, struct fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/kconfig/dot-config", test_dot_config);
	ADD("/kconfig/evaluate", test_evaluate);
	ADD("/kconfig/no-expression", test_no_expression);
	g_test_add_func("/kconfig/print", test_print);
	ADD("/kconfig/find", test_find);
	ADD("/kconfig/depends", test_depends);
	ADD("/kconfig/explain", test_explain);
	g_test_add_func("/kconfig/loop-and-garbage", test_loop_and_garbage);
	ADD("/kconfig/torn-files", test_torn_files);
	g_test_add_func("/config/fragment", test_fragment);
	ADD("/config/check", test_check);
	return g_test_run();
}
