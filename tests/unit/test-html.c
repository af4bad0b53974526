// SPDX-License-Identifier: GPL-2.0-only
#include "render/html.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "report/svg.h"

#define GONE "\357\277\275"	/* U+FFFD */

static const struct {
	const char *text, *markup;
} texts[] = {
	{ "plain", "plain" },
	{ "</script><img src=x onerror=alert(1)>", "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;" },
	{ "a & b \"c\"", "a &amp; b &quot;c&quot;" },
	{ "&#x1; &#0;", "&amp;#x1; &amp;#0;" },
	{ "tab\tline\n", "tab\tline\n" },
	{ "\001\033[31m\177", GONE GONE "[31m" GONE },
	{ "\302\205\302\237", GONE GONE },		/* C1 */
	{ "\377\376 \303", GONE GONE " " GONE },	/* no UTF-8, and a letter cut off */
	{ "K\303\266ln \342\202\254 \360\237\220\247", "K\303\266ln \342\202\254 \360\237\220\247" },
	{ "", "" },
};

static void test_text(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GString) out = g_string_new(NULL);

		html_text(out, texts[i].text);
		g_assert_cmpstr(out->str, ==, texts[i].markup);
		g_string_truncate(out, 0);
		html_bytes(out, texts[i].text, strlen(texts[i].text));
		g_assert_cmpstr(out->str, ==, texts[i].markup);
	}
}

static void test_bytes_of_value_0(void)
{
	g_autoptr(GString) out = g_string_new(NULL);

	html_bytes(out, "a\0b", 3);
	g_assert_cmpstr(out->str, ==, "a" GONE "b");
}

static void test_elements(void)
{
	g_autoptr(GString) out = g_string_new(NULL);

	html_element(out, "p class=\"note\"", "<b>");
	html_open(out, "td", NULL);
	html_open(out, "td", "\"x");
	html_add(out, "%u%s", 5, "%s<");
	g_assert_cmpstr(out->str, ==, "<p class=\"note\">&lt;b&gt;</p>\n<td><td class=\"&quot;x\">5%s&lt;");
}

#define BEGIN "<svg width=\"9\" role=\"img\" aria-label=\"a &amp; b\">"

static const struct {
	const char *file, *inlined;	/* NULL: refused */
} pictures[] = {
	{ "<svg width='9'/>",
	  BEGIN "</svg>" },
	{ "<?xml version='1.0'?>\n<!DOCTYPE svg>\n<!-- c --><svg xmlns='http://www.w3.org/2000/svg' width='9'> "
	  "<g/> </svg>",
	  BEGIN "<g></g></svg>" },
	/* Names, and what points to them. */
	{ "<svg width='9'><path id='p' d='M0,0'/><use xlink:href='#p'/><g fill='url(#p)'/></svg>",
	  BEGIN "<path id=\"c1-p\" d=\"M0,0\"></path><use href=\"#c1-p\"></use>"
		"<g fill=\"url(#c1-p)\"></g></svg>" },
	{ "<svg width='9'><g id='p'/><g id='p'/></svg>", BEGIN "<g id=\"c1-p\"></g><g></g></svg>" },
	/* A policy forbids styles. */
	{ "<svg width='9'><path style='stroke:none; fill:rgb(0,1,2);behavior:url(x)'/></svg>",
	  BEGIN "<path stroke=\"none\" fill=\"rgb(0,1,2)\"></path></svg>" },
	/* What does more than draw. */
	{ "<svg width='9' onload='x()'><script>x()</script><g onclick='x()'/></svg>",
	  BEGIN "<g></g></svg>" },
	{ "<svg width='9'><a href='javascript:x()'><text>t</text></a><image href='a.png'/></svg>",
	  BEGIN "</svg>" },
	{ "<svg width='9'><foreignObject><svg><g/></svg></foreignObject><style>x</style></svg>",
	  BEGIN "</svg>" },
	{ "<svg width='9'><use href='other.svg#p'/><g fill='url(//x/y)'/></svg>",
	  BEGIN "<use></use><g></g></svg>" },
	{ "<svg width='9'><g fill='url(#a) url(http://x/)'/><g mask='URL(http://x/)'/></svg>",
	  BEGIN "<g></g><g></g></svg>" },
	{ "<svg width='9'><g filter='ur\\6c (http://x/)' style='clip-path:\\75rl(x)'/><g fill='url(#)'/></svg>",
	  BEGIN "<g></g><g></g></svg>" },
	{ "<svg width='9'><g fill='url(#a' mask='url(#a\"b)' filter='url( #a)' stroke='url(#a);'/></svg>",
	  BEGIN "<g></g></svg>" },
	{ "<svg width='9'><g mask='Image-Set(&quot;x&quot;)' fill='src(&quot;x&quot;)'/></svg>",
	  BEGIN "<g></g></svg>" },
	{ "<svg width='9'><title>T</title><text x='1'>&lt;b&gt; &amp; \303\274</text></svg>",
	  BEGIN "<text x=\"1\">&lt;b&gt; &amp; \303\274</text></svg>" },
	{ "<svg width='9'><g fill='&quot;&gt;&lt;img&gt;'/></svg>",
	  BEGIN "<g fill=\"&quot;&gt;&lt;img&gt;\"></g></svg>" },
	{ "", NULL },
	{ "no XML", NULL },
	{ "<html><svg width='9'/></html>", NULL },
	{ "<svg width='9'><g></svg>", NULL },
	{ "<svg width='9'><text>a < b</text></svg>", NULL },
};

static void test_svg(void)
{
	g_autofree char *dir = g_dir_make_tmp("test-html-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "a.svg", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(pictures); i++) {
		g_autoptr(GString) out = g_string_new("before:");
		g_autoptr(GError) error = NULL;
		bool inlined;

		g_assert_true(g_file_set_contents(path, pictures[i].file, -1, NULL));
		inlined = svg_inline(path, "c1-", "a & b", out, &error);
		g_assert_cmpint(inlined, ==, pictures[i].inlined != NULL);
		g_assert_true(g_str_has_prefix(out->str, "before:"));
		g_assert_cmpstr(out->str + strlen("before:"), ==, inlined ? pictures[i].inlined : "");
		if (!inlined) {
			g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
			g_assert_nonnull(strstr(error->message, path));
		}
	}
	g_assert_true(path_remove_tree(dir, NULL));
}

static void test_no_picture(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GError) error = NULL;

	g_assert_false(svg_inline("/nonexistent/a.svg", "", "", out, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
	g_assert_cmpstr(out->str, ==, "");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/html/text", test_text);
	g_test_add_func("/html/bytes-of-value-0", test_bytes_of_value_0);
	g_test_add_func("/html/elements", test_elements);
	g_test_add_func("/svg/inline", test_svg);
	g_test_add_func("/svg/missing", test_no_picture);
	return g_test_run();
}
