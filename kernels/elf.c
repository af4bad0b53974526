// SPDX-License-Identifier: GPL-2.0-only
#include "elf.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

struct file {
	const char *path;
	int fd;
	Elf *elf;
	size_t names;		/* index of the section with section names */
};

/* Called for each section; false ends the walk. */
typedef bool (*section_fn)(const struct file *f, const char *name, Elf_Scn *section, const GElf_Shdr *header,
			   void *data);

static void close_file(struct file *f)
{
	if (f->elf)
		elf_end(f->elf);
	if (f->fd >= 0)
		close(f->fd);
}

static bool open_file(struct file *f, const char *path, GError **error)
{
	elf_version(EV_CURRENT);
	f->path = path;
	f->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s: cannot open it: %s", path,
			    g_strerror(errno));
		return false;
	}
	f->elf = elf_begin(f->fd, ELF_C_READ_MMAP, NULL);
	if (f->elf && elf_kind(f->elf) == ELF_K_ELF && elf_getshdrstrndx(f->elf, &f->names) == 0)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s: this is not an ELF file with sections: %s",
		    path, elf_errmsg(-1));
	return false;
}

static bool walk(const char *path, section_fn visit, void *data, GError **error)
{
	struct file f = { .fd = -1 };
	Elf_Scn *section = NULL;
	bool ok = open_file(&f, path, error);

	while (ok && (section = elf_nextscn(f.elf, section))) {
		GElf_Shdr header;
		const char *name =
			gelf_getshdr(section, &header) ? elf_strptr(f.elf, f.names, header.sh_name) : NULL;

		if (name && !visit(&f, name, section, &header, data))
			break;
	}
	close_file(&f);
	return ok;
}

static bool add_size(const struct file *f, const char *name, Elf_Scn *section, const GElf_Shdr *header,
		     void *data)
{
	(void)f;
	(void)section;
	if (header->sh_flags & SHF_ALLOC)
		json_object_set_new(data, name, json_integer((json_int_t)header->sh_size));
	return true;
}

json_t *elf_section_sizes(const char *path, GError **error)
{
	json_t *sizes = json_object();

	if (walk(path, add_size, sizes, error))
		return sizes;
	json_decref(sizes);
	return NULL;
}

struct object_size {
	guint64 text, data, bss;
};

static bool add_to_total(const struct file *f, const char *name, Elf_Scn *section, const GElf_Shdr *header,
			 void *data)
{
	struct object_size *size = data;

	(void)f;
	(void)name;
	(void)section;
	if (!(header->sh_flags & SHF_ALLOC))
		return true;
	if (header->sh_type == SHT_NOBITS)
		size->bss += header->sh_size;
	else if (header->sh_flags & SHF_WRITE)
		size->data += header->sh_size;
	else
		size->text += header->sh_size;
	return true;
}

json_t *elf_object_size(const char *path, GError **error)
{
	struct object_size size = { 0 };

	if (!walk(path, add_to_total, &size, error))
		return NULL;
	return json_pack("{s:I, s:I, s:I}", "text", (json_int_t)size.text, "data", (json_int_t)size.data, "bss",
			 (json_int_t)size.bss);
}

static char *to_hex(const guchar *bytes, size_t length)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < length; i++)
		g_string_append_printf(text, "%02x", bytes[i]);
	return g_string_free(text, FALSE);
}

static bool find_build_id(const struct file *f, const char *name, Elf_Scn *section, const GElf_Shdr *header,
			  void *data)
{
	Elf_Data *content = header->sh_type == SHT_NOTE ? elf_getdata(section, NULL) : NULL;
	size_t next, name_at, text_at, offset = 0;
	GElf_Nhdr note;
	char **ret_id = data;

	(void)f;
	(void)name;
	while (content && (next = gelf_getnote(content, offset, &note, &name_at, &text_at))) {
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof(ELF_NOTE_GNU) &&
		    !memcmp((char *)content->d_buf + name_at, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU))) {
			*ret_id = to_hex((guchar *)content->d_buf + text_at, note.n_descsz);
			return false;
		}
		offset = next;
	}
	return true;
}

char *elf_build_id(const char *path, GError **error)
{
	char *id = NULL;

	if (!walk(path, find_build_id, &id, error))
		return NULL;
	if (!id)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s: it has no build id", path);
	return id;
}

static bool read_modinfo(const struct file *f, const char *name, Elf_Scn *section, const GElf_Shdr *header,
			 void *data)
{
	Elf_Data *content = strcmp(name, ".modinfo") ? NULL : elf_getdata(section, NULL);
	const char *text = content ? content->d_buf : NULL;
	size_t length;

	(void)f;
	(void)header;
	for (size_t i = 0; text && i < content->d_size; i += length + 1) {
		length = strnlen(text + i, content->d_size - i);
		if (length)
			g_ptr_array_add(data, g_strndup(text + i, length));
	}
	return true;
}

GPtrArray *elf_modinfo(const char *path, GError **error)
{
	g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);

	return walk(path, read_modinfo, strings, error) ? g_steal_pointer(&strings) : NULL;
}
