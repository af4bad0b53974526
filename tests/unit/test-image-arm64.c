// SPDX-License-Identifier: GPL-2.0-only
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/json.h"
#include "base/path.h"
#include "kernels/elf.h"
#include "kernels/image-arm64.h"

/* Of an Image, and of the EFI program around a packed one. */
enum { IMAGE_BYTES = 4096, MAGIC = 56, ZBOOT_MAGIC = 4, PAYLOAD = 8, LENGTH = 12, PACKER = 24, ZBOOT_HEADER = 64 };

enum { NOTE_BYTES = 36, BTF_TYPES = 40, BTF_STRINGS = 24, BTF_BYTES = 24 + BTF_TYPES + BTF_STRINGS };

struct place {
	char *dir, *vmlinuz, *image, *vmlinux;
};

static void place_set_up(struct place *p, gconstpointer data)
{
	(void)data;
	p->dir = g_dir_make_tmp("image-arm64-XXXXXX", NULL);
	p->vmlinuz = g_build_filename(p->dir, "vmlinuz", NULL);
	p->image = g_build_filename(p->dir, "Image", NULL);
	p->vmlinux = g_build_filename(p->dir, "vmlinux", NULL);
}

static void place_tear_down(struct place *p, gconstpointer data)
{
	(void)data;
	g_assert_true(path_remove_tree(p->dir, NULL));
	g_free(p->dir);
	g_free(p->vmlinuz);
	g_free(p->image);
	g_free(p->vmlinux);
}

static void put_le32(guint8 *bytes, guint32 value)
{
	value = GUINT32_TO_LE(value);
	memcpy(bytes, &value, sizeof(value));
}

static GByteArray *zeros(guint length)
{
	GByteArray *bytes = g_byte_array_new();

	g_byte_array_set_size(bytes, length);
	memset(bytes->data, 0, length);
	return bytes;
}

static GByteArray *make_image(void)
{
	GByteArray *image = zeros(IMAGE_BYTES);

	memcpy(image->data + MAGIC, "ARM\x64", 4);
	return image;
}

static void write_file(const char *path, const GByteArray *bytes)
{
	g_assert_true(g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL));
}

static GByteArray *read_file(const char *path)
{
	GByteArray *bytes = g_byte_array_new();
	g_autofree char *text = NULL;
	gsize length;

	g_assert_true(g_file_get_contents(path, &text, &length, NULL));
	g_byte_array_append(bytes, (const guint8 *)text, (guint)length);
	return bytes;
}

static const struct packing {
	const char *argv[6];	/* of a file "plain" */
	const char *name;	/* of what comes out */
	const char *packer;	/* in the header of an EFI program */
} packings[] = {
	{ { "gzip", "-k", "plain" }, "plain.gz", "gzip" },
	{ { "zstd", "-q", "plain" }, "plain.zst", "zstd22" },
	{ { "zstd", "-q", "plain" }, "plain.zst", "zstd" },
	{ { "xz", "-k", "--check=crc32", "plain" }, "plain.xz", "xzkern" },
	{ { "lz4", "-q", "-l", "plain", "plain.lz4" }, "plain.lz4", "lz4" },
};

/* NULL: this machine does not have the program. */
static GByteArray *pack(const struct place *p, const struct packing *packing, const GByteArray *image)
{
	const struct exec_opts opts = { .dir = p->dir };
	g_autofree char *program = g_find_program_in_path(packing->argv[0]);
	g_autofree char *plain = g_build_filename(p->dir, "plain", NULL);
	g_autofree char *packed = g_build_filename(p->dir, packing->name, NULL);
	GByteArray *payload;

	if (!program) {
		g_test_message("there is no %s here", packing->argv[0]);
		return NULL;
	}
	write_file(plain, image);
	g_assert_true(exec_run(packing->argv, &opts, NULL, NULL));
	payload = read_file(packed);
	g_assert_true(path_remove_tree(packed, NULL));
	return payload;
}

static GByteArray *make_zboot(const GByteArray *payload, const char *packer)
{
	GByteArray *program = zeros(ZBOOT_HEADER);

	memcpy(program->data, "MZ", 2);
	memcpy(program->data + ZBOOT_MAGIC, "zimg", 4);
	put_le32(program->data + PAYLOAD, ZBOOT_HEADER);
	put_le32(program->data + LENGTH, payload->len);
	g_strlcpy((char *)program->data + PACKER, packer, ZBOOT_HEADER - PACKER);
	g_byte_array_append(program, payload->data, payload->len);
	g_byte_array_append(program, (const guint8 *)"behind it", 9);
	return program;
}

static void assert_unpacked(const struct place *p, const GByteArray *vmlinuz, const GByteArray *image)
{
	g_autoptr(GByteArray) unpacked = NULL;
	g_autoptr(GError) error = NULL;

	write_file(p->vmlinuz, vmlinuz);
	g_assert_true(image_arm64_unpack(p->vmlinuz, p->image, &error));
	g_assert_no_error(error);
	unpacked = read_file(p->image);
	g_assert_cmpmem(unpacked->data, unpacked->len, image->data, image->len);
	g_assert_true(path_remove_tree(p->image, NULL));
}

static void test_plain(struct place *p, gconstpointer data)
{
	g_autoptr(GByteArray) image = make_image();

	(void)data;
	assert_unpacked(p, image, image);
}

static void test_gzip(struct place *p, gconstpointer data)
{
	g_autoptr(GByteArray) image = make_image();
	g_autoptr(GByteArray) packed = pack(p, &packings[0], image);

	(void)data;
	if (packed)
		assert_unpacked(p, packed, image);
}

static void test_zboot(struct place *p, gconstpointer data)
{
	g_autoptr(GByteArray) image = make_image();

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(packings); i++) {
		g_autoptr(GByteArray) payload = pack(p, &packings[i], image);
		g_autoptr(GByteArray) program = payload ? make_zboot(payload, packings[i].packer) : NULL;

		if (program)
			assert_unpacked(p, program, image);
	}
}

static void assert_refused(const struct place *p, const GByteArray *vmlinuz, const char *sentence)
{
	g_autoptr(GError) error = NULL;

	write_file(p->vmlinuz, vmlinuz);
	g_assert_false(image_arm64_unpack(p->vmlinuz, p->image, &error));
	g_assert_true(error->domain == BENCH_ERROR);
	g_assert_nonnull(strstr(error->message, p->dir));
	g_assert_nonnull(strstr(error->message, sentence));
	g_unlink(p->image);
}

/* An EFI program whose header points elsewhere, or names a packer that nobody knows. */
static void test_wrong_header(struct place *p, gconstpointer data)
{
	static const struct {
		guint at;
		guint32 value;
	} wrong[] = {
		{ PAYLOAD, G_MAXUINT32 }, { PAYLOAD, 100000 }, { LENGTH, G_MAXUINT32 }, { LENGTH, 100000 },
		{ PACKER, 0 }, { PACKER, 0x616d7a6c },
	};
	g_autoptr(GByteArray) payload = zeros(100);

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GByteArray) program = make_zboot(payload, "gzip");

		put_le32(program->data + wrong[i].at, wrong[i].value);
		assert_refused(p, program, "this EFI program has no kernel in it");
	}
}

static void test_no_kernel(struct place *p, gconstpointer data)
{
	g_autoptr(GByteArray) image = make_image();
	g_autoptr(GByteArray) other = zeros(IMAGE_BYTES);
	g_autoptr(GByteArray) packed = pack(p, &packings[0], other);
	g_autoptr(GByteArray) payload = zeros(100);
	g_autoptr(GByteArray) program = make_zboot(payload, "gzip");

	(void)data;
	assert_refused(p, other, "this is no arm64 kernel");
	if (packed)
		assert_refused(p, packed, "this is no arm64 kernel");
	assert_refused(p, program, "gzip");
	for (guint length = 0; length < MAGIC + 4; length++) {
		g_byte_array_set_size(image, length);
		assert_refused(p, image, "this is no arm64 kernel");
	}
	for (guint length = ZBOOT_HEADER; length >= MAGIC + 4; length--) {
		g_byte_array_set_size(program, length);
		assert_refused(p, program, "this ");
	}
}

static void put_build_id(GByteArray *image, gsize at, guint8 byte)
{
	static const guint8 head[] = "\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU";

	memcpy(image->data + at, head, sizeof(head));
	memset(image->data + at + sizeof(head), byte, NOTE_BYTES - sizeof(head));
}

static void put_btf(GByteArray *image, gsize at)
{
	memcpy(image->data + at, "\x9f\xeb\x01\0\x18", 5);
	put_le32(image->data + at + 12, BTF_TYPES);
	put_le32(image->data + at + 16, BTF_TYPES);
	put_le32(image->data + at + 20, BTF_STRINGS);
}

static bool describe(const struct place *p, const GByteArray *image, GError **error)
{
	write_file(p->image, image);
	return image_arm64_describe(p->image, p->vmlinux, error);
}

/* What is read from what was written: the build id is forty times @digit, of BTF there are @btf bytes. */
static void assert_described(const struct place *p, const GByteArray *image, char digit, gint64 btf)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *id = NULL;
	g_autojson sizes = NULL;

	g_assert_true(describe(p, image, &error));
	g_assert_no_error(error);
	id = elf_build_id(p->vmlinux, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(strlen(id), ==, 40);
	g_assert_cmpuint(strspn(id, (char[]){ digit, 0 }), ==, 40);
	sizes = elf_section_sizes(p->vmlinux, &error);
	g_assert_no_error(error);
	g_assert_cmpint(json_count(sizes, ".BTF", 0), ==, btf);
	g_assert_cmpint(json_count(sizes, ".note.gnu.build-id", 0), ==, NOTE_BYTES);
}

static void test_describe(struct place *p, gconstpointer data)
{
	g_autoptr(GByteArray) image = make_image();

	(void)data;
	put_build_id(image, 512, 0x11);		/* of a library that the kernel gives to processes */
	put_build_id(image, 2048, 0x22);
	put_btf(image, 2048 + NOTE_BYTES);
	put_build_id(image, 3072, 0x33);
	assert_described(p, image, '2', BTF_BYTES);
}

/* Without BTF, or with what only looks like it, the last one of all. */
static void test_no_btf(struct place *p, gconstpointer data)
{
	g_autoptr(GByteArray) image = make_image();

	(void)data;
	put_build_id(image, 512, 0x11);
	put_build_id(image, IMAGE_BYTES - NOTE_BYTES, 0x22);
	assert_described(p, image, '2', 0);
	put_btf(image, 1024);
	put_le32(image->data + 1024 + 20, IMAGE_BYTES);
	assert_described(p, image, '2', 0);
}

/* A header of BTF that the file ends in. */
static void test_cut_btf(struct place *p, gconstpointer data)
{
	g_autoptr(GByteArray) image = make_image();

	(void)data;
	put_build_id(image, 512, 0x11);
	put_btf(image, IMAGE_BYTES - BTF_BYTES);
	for (guint length = IMAGE_BYTES - 1; length >= IMAGE_BYTES - BTF_BYTES; length--) {
		g_byte_array_set_size(image, length);
		assert_described(p, image, '1', 0);
	}
}

static void test_no_build_id(struct place *p, gconstpointer data)
{
	g_autoptr(GByteArray) image = make_image();
	g_autoptr(GError) error = NULL;

	(void)data;
	put_build_id(image, IMAGE_BYTES - NOTE_BYTES, 0x11);
	g_byte_array_set_size(image, IMAGE_BYTES - 1);
	g_assert_false(describe(p, image, &error));
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, "it has no build id"));
}

#define ADD(name, function) g_test_add("/image-arm64/" name, struct place, NULL, place_set_up, function, place_tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("plain", test_plain);
	ADD("gzip", test_gzip);
	ADD("zboot", test_zboot);
	ADD("wrong-header", test_wrong_header);
	ADD("no-kernel", test_no_kernel);
	ADD("describe", test_describe);
	ADD("no-btf", test_no_btf);
	ADD("cut-btf", test_cut_btf);
	ADD("no-build-id", test_no_build_id);
	return g_test_run();
}
