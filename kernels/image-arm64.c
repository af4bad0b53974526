// SPDX-License-Identifier: GPL-2.0-only
#include "image-arm64.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "kernels/files.h"
#include "kernels/unpack.h"

/* Of an Image: Documentation/arch/arm64/booting.rst. */
#define MAGIC_OFFSET 56
#define MAGIC "ARM\x64"

/* Of an EFI program with a packed kernel: drivers/firmware/efi/libstub/zboot-header.S. */
#define ZBOOT_MAGIC_OFFSET 4
#define ZBOOT_MAGIC "zimg"
#define ZBOOT_PAYLOAD_OFFSET 8
#define ZBOOT_PAYLOAD_LENGTH 12
#define ZBOOT_PACKER_OFFSET 24
#define ZBOOT_PACKER_MAX 32

#define GZIP_MAGIC "\x1f\x8b"

#define BUILD_ID_BYTES 20
#define ALIGNMENT 4

struct bytes {
	const guint8 *data;
	gsize length;
};

static bool has(struct bytes in, gsize offset, const char *magic, gsize length)
{
	return offset + length <= in.length && !memcmp(in.data + offset, magic, length);
}

static guint32 read_le32(struct bytes in, gsize offset)
{
	guint32 value;

	memcpy(&value, in.data + offset, sizeof(value));
	return GUINT32_FROM_LE(value);
}

static bool write_packed(struct bytes payload, const char *image, const char *suffix, GError **error)
{
	g_autofree char *packed = g_strconcat(image, suffix, NULL);

	return g_file_set_contents(packed, (const char *)payload.data, (gssize)payload.length, error) &&
	       unpack_file(packed, error);
}

/* What unpack_file() calls the packer of an EFI program, or NULL. */
static const char *zboot_suffix(struct bytes in)
{
	static const struct { const char *packer, *suffix; } known[] = {
		{ "gzip", ".gz" }, { "zstd22", ".zst" }, { "zstd", ".zst" }, { "xzkern", ".xz" },
		{ "lz4", ".lz4" },
	};
	const char *packer = (const char *)in.data + ZBOOT_PACKER_OFFSET;

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
		if (!strncmp(packer, known[i].packer, ZBOOT_PACKER_MAX))
			return known[i].suffix;
	}
	return NULL;
}

static bool unpack_zboot(struct bytes in, const char *vmlinuz, const char *image, GError **error)
{
	const char *suffix = zboot_suffix(in);
	gsize begin = read_le32(in, ZBOOT_PAYLOAD_OFFSET);
	gsize length = read_le32(in, ZBOOT_PAYLOAD_LENGTH);

	if (suffix && begin <= in.length && length <= in.length - begin)
		return write_packed((struct bytes){ in.data + begin, length }, image, suffix, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    "%s: this EFI program has no kernel in it that is packed with gzip, zstd, xz or lz4", vmlinuz);
	return false;
}

static bool unpack_to(struct bytes in, const char *vmlinuz, const char *image, GError **error)
{
	if (has(in, ZBOOT_MAGIC_OFFSET, ZBOOT_MAGIC, 4) && in.length > ZBOOT_PACKER_OFFSET + ZBOOT_PACKER_MAX)
		return unpack_zboot(in, vmlinuz, image, error);
	if (has(in, 0, GZIP_MAGIC, 2))
		return write_packed(in, image, ".gz", error);
	return files_copy(vmlinuz, image, error);
}

static struct bytes content(const GMappedFile *file)
{
	return (struct bytes){ (const guint8 *)g_mapped_file_get_contents((GMappedFile *)file),
			       g_mapped_file_get_length((GMappedFile *)file) };
}

static bool is_image(const char *image, GError **error)
{
	g_autoptr(GMappedFile) file = g_mapped_file_new(image, FALSE, error);

	if (!file)
		return false;
	if (has(content(file), MAGIC_OFFSET, MAGIC, 4))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s: this is no arm64 kernel", image);
	return false;
}

bool image_arm64_unpack(const char *vmlinuz, const char *image, GError **error)
{
	g_autoptr(GMappedFile) file = g_mapped_file_new(vmlinuz, FALSE, error);

	return file && unpack_to(content(file), vmlinuz, image, error) && is_image(image, error);
}

/* The header of BTF whose types and strings lie within @in behind it, one after the other. */
static bool is_btf(struct bytes in, gsize at, gsize *ret_length)
{
	static const char magic[] = "\x9f\xeb\x01\x00\x18\0\0\0\0\0\0\0";	/* version 1, header of 24 bytes */
	gsize types, strings;

	if (!has(in, at, magic, sizeof(magic) - 1) || in.length - at < 24)
		return false;
	types = read_le32(in, at + 12);
	strings = read_le32(in, at + 20);
	*ret_length = 24 + types + strings;
	return read_le32(in, at + 16) == types && *ret_length <= in.length - at;
}

static struct bytes find_btf(struct bytes in)
{
	gsize length;

	for (gsize at = 0; at + ALIGNMENT <= in.length; at += ALIGNMENT) {
		if (is_btf(in, at, &length))
			return (struct bytes){ in.data + at, length };
	}
	return (struct bytes){ 0 };
}

/*
 * The last note with a build id before @end: the kernel's own notes stand right in front of its BTF, those of
 * the libraries that it gives to processes long before them.
 */
static struct bytes find_build_id(struct bytes in, gsize end)
{
	static const char note[] = "\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU";
	const gsize length = sizeof(note) + BUILD_ID_BYTES;

	for (gsize at = end & ~(gsize)(ALIGNMENT - 1); at >= ALIGNMENT; at -= ALIGNMENT) {
		if (at - ALIGNMENT + length <= in.length && has(in, at - ALIGNMENT, note, sizeof(note)))
			return (struct bytes){ in.data + at - ALIGNMENT, length };
	}
	return (struct bytes){ 0 };
}

static const char section_names[] = "\0.note.gnu.build-id\0.BTF\0.shstrtab";
enum { NAME_NOTE = 1, NAME_BTF = 20, NAME_NAMES = 25 };

static bool add_section(Elf *elf, unsigned int name, unsigned int type, unsigned int flags, struct bytes bytes)
{
	Elf_Scn *section = elf_newscn(elf);
	Elf_Data *data = section ? elf_newdata(section) : NULL;
	GElf_Shdr header;

	if (!data || !gelf_getshdr(section, &header))
		return false;
	*data = (Elf_Data){ .d_buf = (void *)bytes.data, .d_size = bytes.length, .d_type = ELF_T_BYTE,
			    .d_version = EV_CURRENT, .d_align = ALIGNMENT };
	header.sh_name = name;
	header.sh_type = type;
	header.sh_flags = flags;
	return gelf_update_shdr(section, &header);
}

static bool add_header(Elf *elf, unsigned int names_section)
{
	GElf_Ehdr header;

	if (!gelf_newehdr(elf, ELFCLASS64) || !gelf_getehdr(elf, &header))
		return false;
	header.e_ident[EI_DATA] = ELFDATA2LSB;
	header.e_type = ET_EXEC;
	header.e_machine = EM_AARCH64;
	header.e_version = EV_CURRENT;
	header.e_shstrndx = (GElf_Half)names_section;
	return gelf_update_ehdr(elf, &header);
}

static bool fill_elf(Elf *elf, struct bytes note, struct bytes btf)
{
	const struct bytes names = { (const guint8 *)section_names, sizeof(section_names) };

	return add_header(elf, btf.length ? 3 : 2) && add_section(elf, NAME_NOTE, SHT_NOTE, SHF_ALLOC, note) &&
	       (!btf.length || add_section(elf, NAME_BTF, SHT_PROGBITS, SHF_ALLOC, btf)) &&
	       add_section(elf, NAME_NAMES, SHT_STRTAB, 0, names) && elf_update(elf, ELF_C_WRITE) >= 0;
}

static bool write_elf(const char *path, struct bytes note, struct bytes btf, GError **error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	Elf *elf = NULL;
	bool ok;

	elf_version(EV_CURRENT);
	if (fd >= 0)
		elf = elf_begin(fd, ELF_C_WRITE, NULL);
	ok = elf && fill_elf(elf, note, btf);
	if (!ok)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s: cannot write it: %s", path,
			    fd < 0 ? g_strerror(errno) : elf_errmsg(-1));
	if (elf)
		elf_end(elf);
	if (fd >= 0)
		close(fd);
	return ok;
}

bool image_arm64_describe(const char *image, const char *vmlinux, GError **error)
{
	g_autoptr(GMappedFile) file = g_mapped_file_new(image, FALSE, error);
	struct bytes in, btf, note;

	if (!file)
		return false;
	in = content(file);
	btf = find_btf(in);
	note = find_build_id(in, btf.length ? (gsize)(btf.data - in.data) : in.length);
	if (note.length)
		return write_elf(vmlinux, note, btf, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s: it has no build id", image);
	return false;
}
