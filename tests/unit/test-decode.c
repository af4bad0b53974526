// SPDX-License-Identifier: GPL-2.0-only
#include "bpf/decode.h"

#include <glib.h>
#include <string.h>

/* Functions of real kernels, and where their variables were: tests/data/text says how they were made. */
struct function {
	char *name;
	guint64 address;
	GByteArray *text;
};

static void function_free(gpointer data)
{
	struct function *f = data;

	g_free(f->name);
	g_byte_array_unref(f->text);
	g_free(f);
}

static guint64 hex(const char *digits)
{
	guint64 value;

	g_assert_true(g_ascii_string_to_unsigned(digits, 16, 0, G_MAXUINT64, &value, NULL));
	return value;
}

static void add_bytes(GByteArray *text, const char *digits)
{
	for (; *digits; digits += 2) {
		const char pair[] = { digits[0], digits[1], '\0' };
		guint8 byte = (guint8)hex(pair);

		g_byte_array_append(text, &byte, 1);
	}
}

static void decode_named(enum decode_arch arch, GPtrArray *functions, const char *name, struct decode *ret)
{
	guint i;

	for (i = 0; i < functions->len; i++) {
		const struct function *f = g_ptr_array_index(functions, i);

		if (strcmp(f->name, name) != 0)
			continue;
		decode_text(arch, f->address, f->text->data, f->text->len, ret);
		/* Not a single instruction that is not understood. */
		g_assert_cmpuint(ret->length, ==, f->text->len);
		return;
	}
	g_error("the data has no text of %s", name);
}

static gboolean has_access(const struct decode *d, guint64 address, guint bytes, enum decode_use use)
{
	guint i;

	for (i = 0; i < d->n_accesses; i++)
		if (d->accesses[i].address == address && d->accesses[i].bytes == bytes &&
		    d->accesses[i].use == use)
			return TRUE;
	return FALSE;
}

static gboolean has_call(const struct decode *d, guint64 target, guint64 argument)
{
	guint i;

	for (i = 0; i < d->n_calls; i++)
		if (d->calls[i].target == target && d->calls[i].argument == argument)
			return TRUE;
	return FALSE;
}

static guint count_added(const struct decode *d)
{
	guint i, count = 0;

	for (i = 0; i < d->n_accesses; i++)
		count += d->accesses[i].use == DECODE_ADD && d->accesses[i].bytes == 8;
	return count;
}

static enum decode_use use_of(const char *word)
{
	return strcmp(word, "added") == 0       ? DECODE_ADD
	       : strcmp(word, "exchanged") == 0 ? DECODE_EXCHANGE
						: DECODE_PLAIN;
}

/* "access FUNCTION ADDRESS BYTES used|added|exchanged", "call FUNCTION TARGET ARGUMENT" */
static void check_expected(enum decode_arch arch, GPtrArray *functions, char **words, const char *line)
{
	struct decode d;

	decode_named(arch, functions, words[1], &d);
	if (strcmp(words[0], "call") == 0) {
		if (!has_call(&d, hex(words[2]), hex(words[3])))
			g_error("not decoded: %s", line);
		return;
	}
	if (!has_access(&d, hex(words[2]), (guint)hex(words[3]), use_of(words[4])))
		g_error("not decoded: %s", line);
	/* It is by being the only one that the counter is found. */
	if (use_of(words[4]) == DECODE_ADD)
		g_assert_cmpuint(count_added(&d), ==, 1);
}

static void test_kernel(gconstpointer data)
{
	g_autofree char *file = g_strconcat(data, ".text", NULL);
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "text", file, NULL);
	enum decode_arch arch = g_str_has_suffix(data, "x86_64") ? DECODE_X86_64 : DECODE_ARM64;
	g_autoptr(GPtrArray) functions = g_ptr_array_new_with_free_func(function_free);
	g_autofree char *content = NULL;
	g_auto(GStrv) lines = NULL;
	guint expected = 0;
	char **line;

	g_assert_true(g_file_get_contents(path, &content, NULL, NULL));
	lines = g_strsplit(content, "\n", -1);
	for (line = lines; *line; line++) {
		g_auto(GStrv) words = g_strsplit(*line, " ", -1);

		if (!words[0] || words[0][0] == '#')
			continue;
		if (strcmp(words[0], "function") == 0) {
			struct function *f = g_new0(struct function, 1);

			*f = (struct function){ g_strdup(words[1]), hex(words[2]), g_byte_array_new() };
			g_ptr_array_add(functions, f);
		} else if (strcmp(words[0], "bytes") == 0) {
			add_bytes(((struct function *)g_ptr_array_index(functions, functions->len - 1))->text,
				  words[1]);
		} else {
			check_expected(arch, functions, words, *line);
			expected++;
		}
	}
	g_assert_cmpuint(expected, >=, 4);
}

static void test_x86_constants(void)
{
	static const unsigned char text[] = {
		0x48, 0xc7, 0xc3, 0x90, 0x92, 0x0d, 0x82,	/* mov $0xffffffff820d9290,%rbx */
		0x48, 0x89, 0xdf,				/* mov %rbx,%rdi */
		0x48, 0x89, 0x7c, 0x24, 0x18,			/* mov %rdi,0x18(%rsp): leaves it alone */
		0xe8, 0x0c, 0x00, 0x00, 0x00,			/* call +0xc */
		0xe8, 0x08, 0x00, 0x00, 0x00,			/* call: rdi is gone, rbx is not */
		0x48, 0x89, 0xdf,				/* mov %rbx,%rdi */
		0xe9, 0x00, 0x10, 0x00, 0x00,			/* jmp: out of the text */
		0x89, 0xdf,					/* mov %ebx,%edi: half of it, behind a jump */
		0xe8, 0x00, 0x10, 0x00, 0x00,
	};
	const guint64 base = 0xffffffff81000000;
	struct decode d;

	decode_text(DECODE_X86_64, base, text, sizeof(text), &d);
	g_assert_cmpuint(d.length, ==, sizeof(text));
	g_assert_cmpuint(d.n_accesses, ==, 0);
	g_assert_true(has_call(&d, base + 20 + 0xc, 0xffffffff820d9290));
	g_assert_true(has_call(&d, base + 25 + 8, 0));
	g_assert_true(has_call(&d, base + 33 + 0x1000, 0xffffffff820d9290));
	g_assert_true(has_call(&d, base + 40 + 0x1000, 0));
}

static void test_x86_memory(void)
{
	static const unsigned char text[] = {
		0x8b, 0x0d, 0x10, 0x00, 0x00, 0x00,			/* mov 0x10(%rip),%ecx */
		0x65, 0x8b, 0x05, 0x10, 0x00, 0x00, 0x00,		/* mov %gs:0x10(%rip),%eax: of a CPU */
		0xf0, 0x48, 0x0f, 0xc1, 0x15, 0x10, 0x00, 0x00, 0x00,	/* lock xadd %rdx,0x10(%rip) */
		0x80, 0x3d, 0x10, 0x00, 0x00, 0x00, 0x00,		/* cmpb $0,0x10(%rip) */
		0x48, 0x8b, 0x04, 0x25, 0x00, 0x00, 0x00, 0x82,		/* mov 0xffffffff82000000,%rax */
		0x48, 0x8b, 0x04, 0xc5, 0x00, 0x00, 0x00, 0x82,		/* the same, (,%rax,8) */
		0xc5, 0xf8, 0x77,					/* vzeroupper: not in these functions */
	};
	const guint64 base = 0xffffffff81000000;
	struct decode d;

	decode_text(DECODE_X86_64, base, text, sizeof(text), &d);
	g_assert_cmpuint(d.length, ==, sizeof(text) - 3);
	g_assert_cmpuint(d.n_accesses, ==, 4);
	g_assert_true(has_access(&d, base + 6 + 0x10, 4, DECODE_PLAIN));
	g_assert_true(has_access(&d, base + 22 + 0x10, 8, DECODE_ADD));
	g_assert_true(has_access(&d, base + 29 + 0x10, 1, DECODE_PLAIN));
	g_assert_true(has_access(&d, 0xffffffff82000000, 8, DECODE_PLAIN));
}

static void put_words(GByteArray *text, const guint32 *words, gsize count)
{
	gsize i;

	for (i = 0; i < count; i++) {
		guint32 word = GUINT32_TO_LE(words[i]);

		g_byte_array_append(text, (const guint8 *)&word, sizeof(word));
	}
}

static void test_arm64(void)
{
	static const guint32 words[] = {
		0xb0000013,	/* adrp x19, +0x1000 */
		0x91048273,	/* add x19, x19, #0x120 */
		0xaa1303e0,	/* mov x0, x19 */
		0x94000400,	/* bl +0x1000 */
		0xf9400661,	/* ldr x1, [x19, #8] */
		0xb9401262,	/* ldr w2, [x19, #16] */
		0x91010274,	/* add x20, x19, #0x40 */
		0xf8200282,	/* ldadd x0, x2, [x20] */
		0xc85f7e83,	/* ldxr x3, [x20] */
		0x88e0fe81,	/* casal w0, w1, [x20] */
		0xf9000a61,	/* str x1, [x19, #16] */
		0xd65f03c0,	/* ret */
		0xaa1303e0,	/* mov x0, x19: not known any more */
		0x94000400,	/* bl +0x1000 */
	};
	const guint64 base = 0xffff800080100000, lock = base + 0x1120;
	g_autoptr(GByteArray) text = g_byte_array_new();
	struct decode d;

	put_words(text, words, G_N_ELEMENTS(words));
	decode_text(DECODE_ARM64, base, text->data, text->len, &d);
	g_assert_cmpuint(d.length, ==, text->len);
	g_assert_true(has_call(&d, base + 12 + 0x1000, lock));
	g_assert_true(has_call(&d, base + 52 + 0x1000, 0));
	g_assert_true(has_access(&d, lock + 8, 8, DECODE_PLAIN));
	g_assert_true(has_access(&d, lock + 16, 4, DECODE_PLAIN));
	g_assert_true(has_access(&d, lock + 16, 8, DECODE_PLAIN));
	g_assert_true(has_access(&d, lock + 0x40, 8, DECODE_ADD));
	g_assert_cmpuint(d.n_accesses, ==, 5);
	g_assert_true(has_access(&d, lock + 0x40, 4, DECODE_EXCHANGE));
}

/* Any bytes: no reading behind their end, no more than there is room for, and the same for the same bytes. */
static void check_bytes(enum decode_arch arch, const unsigned char *bytes, gsize size)
{
	/* Of exactly that size, so that the sanitizer sees a byte too many. */
	g_autofree unsigned char *exact = g_memdup2(bytes, size);
	static struct decode first, second;

	decode_text(arch, 0xffffffff81000000, exact, size, &first);
	g_assert_cmpuint(first.length, <=, size);
	g_assert_cmpuint(first.n_accesses, <=, DECODE_ACCESSES_MAX);
	g_assert_cmpuint(first.n_calls, <=, DECODE_CALLS_MAX);
	memset(&second, 0x5a, sizeof(second));
	decode_text(arch, 0xffffffff81000000, exact, size, &second);
	g_assert_cmpuint(first.length, ==, second.length);
	g_assert_cmpuint(first.n_accesses, ==, second.n_accesses);
	g_assert_cmpuint(first.n_calls, ==, second.n_calls);
}

static void test_any_bytes(void)
{
	unsigned char bytes[512];
	guint round;
	gsize i;

	for (round = 0; round < 20000; round++) {
		gsize size = (gsize)g_test_rand_int_range(0, sizeof(bytes) + 1);

		for (i = 0; i < size; i++)
			bytes[i] = (unsigned char)g_test_rand_int_range(0, 256);
		check_bytes(DECODE_X86_64, bytes, size);
		check_bytes(DECODE_ARM64, bytes, size);
	}
}

/* What a truncated text says is the beginning of what the whole one says. */
static void test_truncated(void)
{
	static const unsigned char text[] = {
		0x48, 0xc7, 0xc7, 0x90, 0x92, 0x0d, 0x82, 0xe8, 0x00,
		0x00, 0x10, 0x00, 0x8b, 0x0d, 0x10, 0x00, 0x00, 0x00,
	};
	struct decode d;
	gsize size;

	for (size = 0; size <= sizeof(text); size++) {
		decode_text(DECODE_X86_64, 0xffffffff81000000, text, size, &d);
		g_assert_cmpuint(d.n_calls, ==, size >= 12);
		g_assert_cmpuint(d.n_accesses, ==, size >= 18);
	}
}

int main(int argc, char **argv)
{
	static const char *const kernels[] = {
		"debian-6.1-x86_64", "debian-6.12-arm64", "debian-6.12-x86_64",
		"linux-6.18-x86_64", "linux-7.3.4-x86_64",
	};
	gsize i;

	g_test_init(&argc, &argv, NULL);
	for (i = 0; i < G_N_ELEMENTS(kernels); i++) {
		g_autofree char *path = g_strconcat("/decode/kernel/", kernels[i], NULL);

		g_test_add_data_func(path, kernels[i], test_kernel);
	}
	g_test_add_func("/decode/x86/constants", test_x86_constants);
	g_test_add_func("/decode/x86/memory", test_x86_memory);
	g_test_add_func("/decode/arm64", test_arm64);
	g_test_add_func("/decode/any-bytes", test_any_bytes);
	g_test_add_func("/decode/truncated", test_truncated);
	return g_test_run();
}
