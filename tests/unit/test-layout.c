// SPDX-License-Identifier: GPL-2.0-only
/* Layouts of structs as pahole prints them, and the members that differ. */
#include "render/layout.h"

#include <string.h>

/* By pahole 1.24 of Linux 7.3.4, as it was and with a patch. */
static const char stock[] =
	"struct vmap_area {\n"
	"\tlong unsigned int          va_start;             /*     0     8 */\n"
	"\tlong unsigned int          va_end;               /*     8     8 */\n"
	"\tstruct rb_node             rb_node;              /*    16    24 */\n"
	"\tstruct list_head           list;                 /*    40    16 */\n"
	"\tunion {\n"
	"\t\tlong unsigned int  subtree_max_size;     /*    56     8 */\n"
	"\t\tstruct vm_struct * vm;                   /*    56     8 */\n"
	"\t};                                               /*    56     8 */\n"
	"\t/* --- cacheline 1 boundary (64 bytes) --- */\n"
	"\tlong unsigned int          flags;                /*    64     8 */\n"
	"\n"
	"\t/* size: 72, cachelines: 2, members: 6 */\n"
	"\t/* last cacheline: 8 bytes */\n"
	"};\n\n";
static const char patched[] =
	"struct vmap_area {\n"
	"\tlong unsigned int          va_start;             /*     0     8 */\n"
	"\tlong unsigned int          va_end;               /*     8     8 */\n"
	"\tunion {\n"
	"\t\tstruct list_head   list;                 /*    16    16 */\n"
	"\t\tstruct callback_head rcu;                /*    16    16 */\n"
	"\t};                                               /*    16    16 */\n"
	"\tstruct vm_struct *         vm;                   /*    32     8 */\n"
	"\tlong unsigned int          flags;                /*    40     8 */\n"
	"\n"
	"\t/* size: 48, cachelines: 1, members: 5 */\n"
	"\t/* last cacheline: 48 bytes */\n"
	"};\n\n";

/* All that pahole prints beside plain members. */
static const char odd[] =
	"struct odd {\n"
	"\tspinlock_t                 lock;                 /*     0     4 */\n"
	"\n"
	"\t/* XXX 4 bytes hole, try to pack */\n"
	"\n"
	"\tvoid                       (*func)(struct work_struct *); /*     8     8 */\n"
	"\tstruct {\n"
	"\t\tu8                 kind;                 /*    16     1 */\n"
	"\n"
	"\t\t/* XXX 3 bytes hole, try to pack */\n"
	"\n"
	"\t\tu32                count;                /*    20     4 */\n"
	"\t} in;                                            /*    16     8 */\n"
	"\tunsigned int               bit:1;                /*    24: 0  4 */\n"
	"\n"
	"\t/* XXX 31 bits hole, try to pack */\n"
	"\n"
	"\tchar                       name[4][8] __attribute__((__aligned__(4))); /*    28    32 */\n"
	"\n"
	"\t/* size: 64, cachelines: 1, members: 5 */\n"
	"\t/* sum members: 56, holes: 1, sum holes: 4 */\n"
	"\t/* sum bitfield members: 1 bits, bit holes: 1, sum bit holes: 31 bits */\n"
	"\t/* padding: 4 */\n"
	"} __attribute__((__aligned__(8)));\n";

/* "change text key before>after; ..." */
static char *described(const char *before_text, const char *after_text)
{
	g_autoptr(layout) before = layout_parse(before_text);
	g_autoptr(layout) after = layout_parse(after_text);
	g_autoptr(GArray) changes = NULL;
	GString *text = g_string_new(NULL);

	g_assert_nonnull(before);
	g_assert_nonnull(after);
	changes = layout_compare(before, after);
	for (guint i = 0; i < changes->len; i++) {
		const struct layout_change *change = &g_array_index(changes, struct layout_change, i);
		const struct layout_member *member = change->after ? change->after : change->before;

		if (!*layout_change_name(change))
			continue;
		g_string_append_printf(text, "%s %s", layout_change_name(change), member->key);
		if (change->before)
			g_string_append_printf(text, " %d", (int)change->before->offset);
		if (change->after)
			g_string_append_printf(text, ">%d", (int)change->after->offset);
		g_string_append(text, "; ");
	}
	return g_string_free(text, FALSE);
}

static void test_parse(void)
{
	static const struct {
		const char *key, *text;
		int offset, bytes, depth;
	} members[] = {
		{ "lock", "spinlock_t lock", 0, 4, 0 },
		{ "(hole)", "(hole)", 4, 4, 0 },
		{ "func", "void (*func)(struct work_struct *)", 8, 8, 0 },
		{ "in.kind", "u8 kind", 16, 1, 1 },
		{ "in.(hole)", "(hole)", 17, 3, 1 },
		{ "in.count", "u32 count", 20, 4, 1 },
		{ "bit", "unsigned int bit:1", 24, 4, 0 },
		{ "name", "char name[4][8] __attribute__((__aligned__(4)))", 28, 32, 0 },
	};
	g_autoptr(layout) l = layout_parse(odd);

	g_assert_nonnull(l);
	g_assert_cmpint(l->bytes, ==, 64);
	g_assert_cmpint(l->cache_lines, ==, 1);
	g_assert_cmpint(l->hole_bytes, ==, 4);
	g_assert_cmpint(l->padding_bytes, ==, 4);
	g_assert_cmpuint(l->members->len, ==, G_N_ELEMENTS(members));
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
		const struct layout_member *member = l->members->pdata[i];

		g_assert_cmpstr(member->key, ==, members[i].key);
		g_assert_cmpstr(member->text, ==, members[i].text);
		g_assert_cmpint(member->offset, ==, members[i].offset);
		g_assert_cmpint(member->bytes, ==, members[i].bytes);
		g_assert_cmpint(member->depth, ==, members[i].depth);
	}
}

static void test_changes(void)
{
	g_autofree char *forth = described(stock, patched), *back = described(patched, stock);
	g_autofree char *same = described(stock, stock);

	g_assert_cmpstr(same, ==, "");
	g_assert_cmpstr(forth, ==, "removed rb_node 16; moved list 40>16; removed subtree_max_size 56; "
				   "added rcu>16; moved vm 56>32; moved flags 64>40; ");
	g_assert_cmpstr(back, ==, "added rb_node>16; moved list 16>40; removed rcu 16; "
				  "added subtree_max_size>56; moved vm 32>56; moved flags 40>64; ");
}

#define HEAD "struct s {\n"
#define END(size) "/* size: " size ", cachelines: 1, members: 2 */\n};\n"

/* In another order, of another type, of another size; and holes that come and go. */
static void test_order(void)
{
	static const char ab[] = HEAD "int a; /* 0 4 */\nint b; /* 4 4 */\n" END("8");
	static const char ba[] = HEAD "int b; /* 0 4 */\nint a; /* 4 4 */\n" END("8");
	static const char lb[] = HEAD "long int a; /* 0 8 */\nint b; /* 8 4 */\n" END("16");
	static const char hole[] = HEAD "int a; /* 0 4 */\n/* XXX 4 bytes hole, try to pack */\nint b; /* 8 4 */\n" END("16");
	g_autofree char *swapped = described(ab, ba), *retyped = described(ab, lb), *holed = described(ab, hole);
	g_autofree char *filled = described(hole, ab);

	g_assert_cmpstr(swapped, ==, "moved b 4>0; moved a 0>4; ");
	g_assert_cmpstr(retyped, ==, "removed a 0; added a>0; moved b 4>8; ");
	g_assert_cmpstr(holed, ==, "added (hole)>4; moved b 4>8; ");
	g_assert_cmpstr(filled, ==, "removed (hole) 4; moved b 8>4; ");
}

static void test_differ(void)
{
	g_autoptr(layout) a = layout_parse(stock);
	g_autoptr(layout) b = layout_parse(patched);
	g_autoptr(layout) wider = layout_parse(HEAD "int a; /* 0 4 */\n" END("4"));
	g_autoptr(layout) padded = layout_parse(HEAD "int a; /* 0 4 */\n" END("64"));

	g_assert_true(layout_differ(a, b));
	g_assert_false(layout_differ(a, a));
	/* All members are where they were. */
	g_assert_true(layout_differ(wider, padded));
}

static void test_no_layout(void)
{
	static const char *const texts[] = {
		"", "}", "\n\n", "pahole: file 'vmlinux' has no BTF\n", "struct s {\n", "struct s {\nint a; /* 0 4 */\n};\n",
		HEAD "struct {\n" END("4"), "int a; /* 0 4 */\n", HEAD "; /* 0 4 */\n" END("4"), "\xff\xfe",
		HEAD "/* size: -4, cachelines: 1 */\n};\n",
	};
	g_autoptr(GString) deep = g_string_new(NULL), many = g_string_new(HEAD);

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_assert_null(layout_parse(texts[i]));
	g_assert_null(layout_parse(NULL));
	for (int i = 0; i < 10000; i++) {
		g_string_append(deep, "struct {\n");
		g_string_append_printf(many, "int a%d; /* %d 4 */\n", i, 4 * i);
	}
	g_string_append(many, END("40000"));
	g_assert_null(layout_parse(deep->str));
	g_assert_null(layout_parse(many->str));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/layout/parse", test_parse);
	g_test_add_func("/layout/changes", test_changes);
	g_test_add_func("/layout/order", test_order);
	g_test_add_func("/layout/differ", test_differ);
	g_test_add_func("/layout/no-layout", test_no_layout);
	return g_test_run();
}
