// SPDX-License-Identifier: GPL-2.0-only
#include "vmlinuz.h"

#include <string.h>

#include "base/error.h"
#include "kernels/unpack.h"

/* Offsets of the setup header, and the sizes that go with them. */
#define SETUP_SECTORS 0x1f1
#define MAGIC 0x202
#define VERSION 0x206
#define PAYLOAD_OFFSET 0x248
#define PAYLOAD_LENGTH 0x24c
#define HEADER_END 0x250
#define SECTOR_BYTES 512
#define SETUP_SECTORS_OLD 4	/* what 0 stands for */
#define VERSION_PAYLOAD 0x208	/* the first with a payload to be found */

/* The kernel's build puts the unpacked size behind what does not end in it anyway. */
#define SIZE_BYTES 4

/* How the payload can be packed. */
static const struct form {
	const char *magic;
	size_t magic_bytes;
	size_t trailer_bytes;
	const char *suffix;	/* for unpack_file() */
} forms[] = {
	{ "\x28\xb5\x2f\xfd", 4, SIZE_BYTES, ".zst" },
	{ "\x02\x21\x4c\x18", 4, SIZE_BYTES, ".lz4" },
	{ "\xfd" "7zXZ", 5, SIZE_BYTES, ".xz" },
	{ "\x1f\x8b", 2, 0, ".gz" },
};

static guint32 read_le(const guint8 *bytes, size_t count)
{
	guint32 value = 0;

	while (count--)
		value = value << 8 | bytes[count];
	return value;
}

/* The payload's place in the @size bytes of an image; false when it has none. */
static bool find_payload(const guint8 *image, gsize size, gsize *ret_begin, gsize *ret_length)
{
	unsigned int sectors;

	if (size < HEADER_END || memcmp(image + MAGIC, "HdrS", 4) ||
	    read_le(image + VERSION, 2) < VERSION_PAYLOAD)
		return false;
	sectors = image[SETUP_SECTORS] ? image[SETUP_SECTORS] : SETUP_SECTORS_OLD;
	*ret_begin = (gsize)(sectors + 1) * SECTOR_BYTES + read_le(image + PAYLOAD_OFFSET, 4);
	*ret_length = read_le(image + PAYLOAD_LENGTH, 4);
	return *ret_begin <= size && *ret_length <= size - *ret_begin;
}

static const struct form *find_form(const guint8 *payload, gsize length)
{
	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
		if (length >= forms[i].magic_bytes + forms[i].trailer_bytes &&
		    !memcmp(payload, forms[i].magic, forms[i].magic_bytes))
			return &forms[i];
	}
	return NULL;
}

static bool write_payload(const struct form *form, const guint8 *payload, gsize length, const char *vmlinux,
			  GError **error)
{
	g_autofree char *packed = g_strconcat(vmlinux, form->suffix, NULL);
	gssize bytes = (gssize)(length - form->trailer_bytes);

	return g_file_set_contents(packed, (const char *)payload, bytes, error) && unpack_file(packed, error);
}

bool vmlinuz_unpack(const char *image, const char *vmlinux, GError **error)
{
	g_autoptr(GMappedFile) file = g_mapped_file_new(image, FALSE, error);
	const struct form *form = NULL;
	const guint8 *bytes;
	gsize begin, length;

	if (!file)
		return false;
	bytes = (const guint8 *)g_mapped_file_get_contents(file);
	if (find_payload(bytes, g_mapped_file_get_length(file), &begin, &length))
		form = find_form(bytes + begin, length);
	if (form)
		return write_payload(form, bytes + begin, length, vmlinux, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    "%s: this is no x86 kernel that is packed with zstd, lz4, xz or gzip", image);
	return false;
}
