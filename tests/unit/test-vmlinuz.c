// SPDX-License-Identifier: GPL-2.0-only
#include <gio/gio.h>
#include <string.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/path.h"
#include "kernels/vmlinuz.h"

enum { HEADER = 1024, SECTORS = 0x1f1, MAGIC = 0x202, VERSION = 0x206, OFFSET = 0x248, LENGTH = 0x24c };

static const char content[] = "what is in the kernel, what is in the kernel";

struct place {
	char *dir, *image, *vmlinux;
};

static void place_set_up(struct place *p, gconstpointer data)
{
	(void)data;
	p->dir = g_dir_make_tmp("vmlinuz-XXXXXX", NULL);
	p->image = g_build_filename(p->dir, "bzImage", NULL);
	p->vmlinux = g_build_filename(p->dir, "vmlinux", NULL);
}

static void place_tear_down(struct place *p, gconstpointer data)
{
	(void)data;
	g_assert_true(path_remove_tree(p->dir, NULL));
	g_free(p->dir);
	g_free(p->image);
	g_free(p->vmlinux);
}

static void put_le(guint8 *bytes, guint32 value)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (guint8)(value >> 8 * i);
}

/* An image as the kernel's build makes it, with @payload behind one sector of set-up and a gap of three bytes. */
static GByteArray *make_image(const guint8 *payload, gsize length)
{
	GByteArray *image = g_byte_array_new();

	g_byte_array_set_size(image, HEADER + 3);
	memset(image->data, 0, image->len);
	image->data[SECTORS] = 1;
	memcpy(image->data + MAGIC, "HdrS", 4);
	image->data[VERSION] = 0x08;
	image->data[VERSION + 1] = 0x02;
	put_le(image->data + OFFSET, 3);
	put_le(image->data + LENGTH, (guint32)length);
	g_byte_array_append(image, payload, (guint)length);
	return image;
}

static void write_image(const struct place *p, const GByteArray *image)
{
	g_assert_true(g_file_set_contents(p->image, (const char *)image->data, image->len, NULL));
}

/* The content packed by @argv, which reads and writes in @p->dir, and its size behind it. */
static GByteArray *pack(const struct place *p, const char *const *argv, const char *name, bool with_size)
{
	const struct exec_opts opts = { .dir = p->dir };
	g_autofree char *plain = g_build_filename(p->dir, "plain", NULL);
	g_autofree char *packed = g_build_filename(p->dir, name, NULL);
	g_autoptr(GByteArray) payload = g_byte_array_new();
	g_autofree char *bytes = NULL;
	guint8 size[4];
	gsize length;

	g_assert_true(g_file_set_contents(plain, content, -1, NULL));
	g_assert_true(exec_run(argv, &opts, NULL, NULL));
	g_assert_true(g_file_get_contents(packed, &bytes, &length, NULL));
	put_le(size, sizeof(content) - 1);
	g_byte_array_append(payload, (guint8 *)bytes, (guint)length);
	if (with_size)
		g_byte_array_append(payload, size, sizeof(size));
	return make_image(payload->data, payload->len);
}

static const struct {
	const char *argv[6];
	const char *name;
	bool with_size;
} packers[] = {
	{ { "xz", "-k", "--check=crc32", "plain" }, "plain.xz", true },
	{ { "gzip", "-k", "plain" }, "plain.gz", false },
	{ { "zstd", "-q", "plain" }, "plain.zst", true },
	{ { "lz4", "-q", "-l", "plain", "plain.lz4" }, "plain.lz4", true },
};

static void test_forms(struct place *p, gconstpointer data)
{
	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(packers); i++) {
		g_autofree char *program = g_find_program_in_path(packers[i].argv[0]);
		g_autoptr(GByteArray) image = NULL;
		g_autoptr(GError) error = NULL;
		g_autofree char *text = NULL;

		if (!program) {
			g_test_message("there is no %s here", packers[i].argv[0]);
			continue;
		}
		image = pack(p, packers[i].argv, packers[i].name, packers[i].with_size);
		write_image(p, image);
		g_assert_true(vmlinuz_unpack(p->image, p->vmlinux, &error));
		g_assert_no_error(error);
		g_assert_true(g_file_get_contents(p->vmlinux, &text, NULL, NULL));
		g_assert_cmpstr(text, ==, content);
		g_assert_true(path_remove_tree(p->vmlinux, NULL));
	}
}

static void assert_refused(const struct place *p, const char *sentence)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(vmlinuz_unpack(p->image, p->vmlinux, &error));
	g_assert_true(error->domain == BENCH_ERROR);
	g_assert_nonnull(strstr(error->message, p->dir));
	g_assert_nonnull(strstr(error->message, sentence));
	g_assert_false(g_file_test(p->vmlinux, G_FILE_TEST_EXISTS));
}

static void spoil(GByteArray *image, gsize at, guint32 value)
{
	put_le(image->data + at, value);
}

/* A header that points elsewhere, and a file that ends anywhere. */
static void test_refused(struct place *p, gconstpointer data)
{
	static const struct {
		gsize at;
		guint32 value;
	} wrong[] = {
		{ MAGIC, 0 }, { VERSION, 0x0207 }, { LENGTH, 0 }, { LENGTH, 3 }, { LENGTH, G_MAXUINT32 },
		{ OFFSET, G_MAXUINT32 }, { OFFSET, 0 }, { OFFSET, 100000 },
	};
	const guint8 payload[] = { 0x1f, 0x8b, 0, 0, 0 };

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GByteArray) image = make_image(payload, sizeof(payload));

		spoil(image, wrong[i].at, wrong[i].value);
		if (wrong[i].at == LENGTH && wrong[i].value == 3)
			memset(image->data + HEADER + 3, 0, 2);
		write_image(p, image);
		assert_refused(p, "this is no x86 kernel");
	}
	for (gsize length = 0; length < HEADER + 5; length += 97) {
		g_autoptr(GByteArray) image = make_image(payload, sizeof(payload));

		g_byte_array_set_size(image, (guint)length);
		write_image(p, image);
		assert_refused(p, "this is no x86 kernel");
	}
}

static void test_no_program(struct place *p, gconstpointer data)
{
	const guint8 payload[] = { 0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0, 0 };
	g_autoptr(GByteArray) image = make_image(payload, sizeof(payload));
	g_autofree char *path = g_strdup(g_getenv("PATH"));

	(void)data;
	write_image(p, image);
	g_setenv("PATH", p->dir, TRUE);
	assert_refused(p, "apt-get install zstd");
	g_setenv("PATH", path, TRUE);
}

#define ADD(name, function) g_test_add("/vmlinuz/" name, struct place, NULL, place_set_up, function, place_tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("forms", test_forms);
	ADD("refused", test_refused);
	ADD("no-program", test_no_program);
	return g_test_run();
}
