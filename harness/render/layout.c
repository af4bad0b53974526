// SPDX-License-Identifier: GPL-2.0-only
#include "layout.h"

#include <stdio.h>
#include <string.h>

/* More is no struct that a table could show. */
#define MEMBERS_MAX 1000
#define DEPTH_MAX 16

#define HOLE "(hole)"

static void member_free(gpointer data)
{
	struct layout_member *member = data;

	g_free(member->key);
	g_free(member->text);
	g_free(member);
}

void layout_free(struct layout *l)
{
	if (!l)
		return;
	g_ptr_array_unref(l->members);
	g_free(l);
}

/* What is being read. */
struct parse {
	struct layout *layout;
	guint opened[DEPTH_MAX];	/* how many members there were when the struct inside began */
	int depth;			/* of structs that are open, the outermost among them; 0: at the end */
};

static struct layout_member *last_member(const struct layout *l)
{
	return l->members->len ? l->members->pdata[l->members->len - 1] : NULL;
}

static void add_member(struct parse *p, const char *key, const char *text, gint64 offset, gint64 bytes)
{
	struct layout_member *member = g_new0(struct layout_member, 1);

	*member = (struct layout_member){
		.key = g_strdup(key), .text = g_strdup(text), .offset = offset, .bytes = bytes,
		.depth = p->depth - 1,
	};
	g_ptr_array_add(p->layout->members, member);
}

/* Behind the last member of the same struct. */
static void add_hole(struct parse *p, gint64 bytes)
{
	const struct layout_member *last = last_member(p->layout);

	if (last && p->depth > 0)
		add_member(p, HOLE, HOLE, last->offset + last->bytes, bytes);
}

/* "XXX 3 bytes hole, try to pack", "size: 72, cachelines: 2, members: 6", "padding: 4", ... */
static void take_comment(struct parse *p, const char *line)
{
	struct layout *l = p->layout;
	const char *holes = strstr(line, "sum holes: ");
	gint64 bytes, lines;

	/* One of bits is in the bytes of a member. */
	if (sscanf(line, "/* XXX %" G_GINT64_FORMAT, &bytes) == 1 &&
	    (strstr(line, " byte hole,") || strstr(line, " bytes hole,")))
		add_hole(p, bytes);
	if (p->depth != 1)
		return;
	if (sscanf(line, "/* size: %" G_GINT64_FORMAT ", cachelines: %" G_GINT64_FORMAT, &bytes, &lines) == 2) {
		l->bytes = bytes;
		l->cache_lines = lines;
	}
	if (holes && sscanf(holes, "sum holes: %" G_GINT64_FORMAT, &bytes) == 1)
		l->hole_bytes = bytes;
	if (sscanf(line, "/* padding: %" G_GINT64_FORMAT, &bytes) == 1)
		l->padding_bytes = bytes;
}

/* "struct rb_node             rb_node;": with single blanks, without the semicolon and what follows it. */
static char *squeeze(const char *text, size_t length)
{
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < length && text[i] != ';'; i++) {
		bool blank = g_ascii_isspace(text[i]);

		if (!blank || (out->len && out->str[out->len - 1] != ' '))
			g_string_append_c(out, blank ? ' ' : text[i]);
	}
	return g_strchomp(g_string_free(out, FALSE));
}

static bool is_word(char c)
{
	return g_ascii_isalnum(c) || c == '_';
}

/* In a declaration: behind "(*" of a function pointer, else the last word before "[", ":" or "__attr". */
static char *name_of(const char *declaration)
{
	const char *pointer = strstr(declaration, "(*");
	const char *attribute = strstr(declaration, " __attribute__");
	const char *end, *begin;

	if (pointer) {
		for (end = begin = pointer + 2; is_word(*end); end++)
			;
		return g_strndup(begin, end - begin);
	}
	end = attribute ? attribute : declaration + strlen(declaration);
	for (const char *stop = declaration; stop < end; stop++) {
		if (*stop == '[' || *stop == ':')
			end = stop;
	}
	while (end > declaration && !is_word(end[-1]))
		end--;
	for (begin = end; begin > declaration && is_word(begin[-1]); begin--)
		;
	return g_strndup(begin, end - begin);
}

/* Behind a declaration: an offset and a size; of a bit field the bit is between them. */
static bool read_place(const char *comment, gint64 *offset, gint64 *bytes)
{
	int bit;

	return (sscanf(comment, "/* %" G_GINT64_FORMAT ": %d %" G_GINT64_FORMAT, offset, &bit, bytes) == 3 ||
		sscanf(comment, "/* %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, offset, bytes) == 2) &&
	       *offset >= 0 && *bytes >= 0;
}

static bool open_inner(struct parse *p)
{
	if (p->depth == DEPTH_MAX)
		return false;
	p->opened[p->depth++] = p->layout->members->len;
	return true;
}

/* What is in a struct with a name is known by both names. */
static void name_inner(struct parse *p, guint first, const char *name)
{
	for (guint i = first; i < p->layout->members->len; i++) {
		struct layout_member *member = p->layout->members->pdata[i];
		char *key = g_strconcat(name, ".", member->key, NULL);

		g_free(member->key);
		member->key = key;
	}
}

/* "} name;  / * 8 16 * /": the struct itself stands before what is in it. */
static bool close_inner(struct parse *p, const char *line)
{
	const char *comment = strstr(line, "/*");
	g_autofree char *rest = squeeze(line + 1, comment ? (size_t)(comment - line - 1) : strlen(line + 1));
	g_autofree char *name = name_of(rest);
	guint first;

	if (p->depth == 0)
		return false;
	first = p->opened[--p->depth];
	if (p->depth > 0 && *name)
		name_inner(p, first, name);
	return true;
}

static bool take_member(struct parse *p, const char *line)
{
	const char *comment = strstr(line, "/*");
	g_autofree char *text = comment ? squeeze(line, comment - line) : NULL;
	g_autofree char *name = text ? name_of(text) : NULL;
	gint64 offset, bytes;

	/* A member without a place, as a static assertion, has none in the struct. */
	if (!text || !read_place(comment, &offset, &bytes))
		return true;
	if (p->depth == 0 || !*name || p->layout->members->len == MEMBERS_MAX)
		return false;
	add_member(p, name, text, offset, bytes);
	return true;
}

static bool take_line(struct parse *p, const char *line)
{
	if (!*line)
		return true;
	if (g_str_has_prefix(line, "/*")) {
		take_comment(p, line);
		return true;
	}
	if (*line == '}')
		return close_inner(p, line);
	if (g_str_has_suffix(line, "{"))
		return open_inner(p);
	return take_member(p, line);
}

struct layout *layout_parse(const char *text)
{
	g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;
	g_autoptr(layout) l = g_new0(struct layout, 1);
	struct parse p = { .layout = l };

	l->members = g_ptr_array_new_with_free_func(member_free);
	if (!text || !g_utf8_validate(text, -1, NULL))
		return NULL;
	for (char **line = lines; *line; line++) {
		bool begun = p.depth > 0;

		if (!take_line(&p, g_strstrip(*line)))
			return NULL;
		/* Behind the end another struct may stand. */
		if (begun && p.depth == 0)
			return l->bytes > 0 ? g_steal_pointer(&l) : NULL;
	}
	return NULL;
}

static bool same_member(const struct layout_member *a, const struct layout_member *b)
{
	return !strcmp(a->key, b->key) && !strcmp(a->text, b->text);
}

static const struct layout_member *member_at(const struct layout *l, guint i)
{
	return l->members->pdata[i];
}

/* The lengths of the longest common subsequences of what is behind each pair of places, row by row. */
static guint *common_lengths(const struct layout *before, const struct layout *after)
{
	guint width = after->members->len + 1;
	guint *lengths = g_new0(guint, (gsize)width * (before->members->len + 1));

	for (guint i = before->members->len; i-- > 0;) {
		for (guint j = after->members->len; j-- > 0;) {
			guint *here = &lengths[i * width + j];

			if (same_member(member_at(before, i), member_at(after, j)))
				*here = here[width + 1] + 1;
			else
				*here = MAX(here[width], here[1]);
		}
	}
	return lengths;
}

/* The same one elsewhere in @l; a hole is always another one. */
static const struct layout_member *find_member(const struct layout *l, const struct layout_member *member)
{
	for (guint i = 0; strcmp(member->text, HOLE) && i < l->members->len; i++) {
		if (same_member(member_at(l, i), member))
			return member_at(l, i);
	}
	return NULL;
}

static void add_change(GArray *changes, const struct layout_member *before, const struct layout_member *after)
{
	struct layout_change change = { before, after };

	g_array_append_val(changes, change);
}

GArray *layout_compare(const struct layout *before, const struct layout *after)
{
	g_autofree guint *lengths = common_lengths(before, after);
	guint b = before->members->len, a = after->members->len, width = a + 1, i = 0, j = 0;
	GArray *changes = g_array_new(FALSE, FALSE, sizeof(struct layout_change));

	while (i < b || j < a) {
		const struct layout_member *old = i < b ? member_at(before, i) : NULL;
		const struct layout_member *new = j < a ? member_at(after, j) : NULL;

		if (old && new && same_member(old, new)) {
			add_change(changes, old, new);
			i++, j++;
		} else if (!new || (old && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) {
			/* What stands elsewhere in the other one is shown there. */
			if (!find_member(after, old))
				add_change(changes, old, NULL);
			i++;
		} else {
			add_change(changes, find_member(before, new), new);
			j++;
		}
	}
	return changes;
}

const char *layout_change_name(const struct layout_change *change)
{
	const struct layout_member *before = change->before, *after = change->after;

	if (!before)
		return "added";
	if (!after)
		return "removed";
	if (before->bytes != after->bytes)
		return "resized";
	return before->offset != after->offset ? "moved" : "";
}

bool layout_differ(const struct layout *before, const struct layout *after)
{
	g_autoptr(GArray) changes = layout_compare(before, after);
	bool differ = before->bytes != after->bytes;

	for (guint i = 0; i < changes->len; i++)
		differ = differ || *layout_change_name(&g_array_index(changes, struct layout_change, i));
	return differ;
}
