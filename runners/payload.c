// SPDX-License-Identifier: GPL-2.0-only
#include "payload.h"

#include <string.h>
#include <sys/stat.h>

#include "initramfs.h"
#include "wire.h"

/* A file's folder has to stand before it; files of one folder stand one after the other. */
static void add_folder(GArray *entries, GPtrArray *folders, const char *name)
{
	const char *slash = strchr(name, '/');
	g_autofree char *folder = slash ? g_strndup(name, slash - name) : NULL;
	struct initramfs_file entry = { .mode = S_IFDIR | 0755 };

	if (!folder || g_ptr_array_find_with_equal_func(folders, folder, g_str_equal, NULL))
		return;
	entry.path = folder;
	g_array_append_val(entries, entry);
	g_ptr_array_add(folders, g_steal_pointer(&folder));
}

static void add_file(GArray *entries, const struct runner_file *file)
{
	const struct initramfs_file entry = {
		.path = strcmp(file->name, WIRE_AGENT) ? file->name : "init",
		.mode = S_IFREG | (file->program ? 0755 : 0644),
		.source = file->source,
		.data = file->data,
		.size = file->size,
	};

	g_array_append_val(entries, entry);
}

bool payload_pack(const struct runner_boot *boot, GError **error)
{
	static const struct initramfs_file always[] = {
		{ .path = "dev", .mode = S_IFDIR | 0755 },
		{ .path = "dev/console", .mode = S_IFCHR | 0600, .major = 5, .minor = 1 },
	};
	g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(struct initramfs_file));
	g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);

	g_array_append_vals(entries, always, G_N_ELEMENTS(always));
	for (size_t i = 0; i < boot->payload_count; i++) {
		add_folder(entries, folders, boot->payload[i].name);
		add_file(entries, &boot->payload[i]);
	}
	return initramfs_write(boot->initramfs, (const struct initramfs_file *)entries->data, entries->len,
			       error);
}
