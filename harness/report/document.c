// SPDX-License-Identifier: GPL-2.0-only
#include "document.h"

#include "base/error.h"
#include "base/path.h"
#include "render/html.h"

static char *read_asset(const char *name, GError **error)
{
	g_autofree char *relative = g_build_filename("harness", "report", name, NULL);
	g_autofree char *path = path_data(relative);
	g_autoptr(GError) reason = NULL;
	char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, &reason))
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "a part of the page is missing: %s",
			    reason->message);
	return text;
}

/* As policies name what they let in: "sha256-" and the digest. Caller frees. */
static char *digest_of(const char *text)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[32];
	gsize length = sizeof(digest);
	g_autofree char *encoded = NULL;

	g_checksum_update(sum, (const guchar *)text, -1);
	g_checksum_get_digest(sum, digest, &length);
	encoded = g_base64_encode(digest, length);
	return g_strconcat("sha256-", encoded, NULL);
}

static void add_head(GString *out, const char *title, const char *css, const char *js)
{
	g_autofree char *style = digest_of(css);
	g_autofree char *script = digest_of(js);

	g_string_append(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	html_add(out,
		 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '%s'; "
		 "script-src '%s'; base-uri 'none'; form-action 'none'\">\n",
		 style, script);
	g_string_append(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
			     "<meta name=\"color-scheme\" content=\"light dark\">\n"
			     "<meta name=\"referrer\" content=\"no-referrer\">\n");
	html_element(out, "title", title);
	g_string_append_printf(out, "<style>%s</style>\n</head>\n", css);
}

GString *document_new(const char *title, const char *subtitle, const GString *nav, const GString *body,
		      GError **error)
{
	g_autofree char *css = read_asset("page.css", error);
	g_autofree char *js = css ? read_asset("page.js", error) : NULL;
	GString *out;

	if (!js)
		return NULL;
	out = g_string_new(NULL);
	add_head(out, title, css, js);
	g_string_append(out, "<body>\n<a class=\"skip\" href=\"#main\">to the verdict</a>\n<header>\n");
	html_element(out, "h1", title);
	html_element(out, "p class=\"subtitle\"", subtitle);
	g_string_append_printf(
		out, "</header>\n<div class=\"sides\">\n<nav aria-label=\"sections\">\n<ul>\n%s</ul>\n</nav>\n",
		nav->str);
	g_string_append(out, "<main id=\"main\">\n");
	g_string_append_len(out, body->str, body->len);
	g_string_append(
		out,
		"</main>\n</div>\n<footer><p>Written by <code>vmapbench report</code> from the run's folder "
		"alone; this file needs no other, and no network.</p></footer>\n");
	g_string_append_printf(out, "<script>%s</script>\n</body>\n</html>\n", js);
	return out;
}
