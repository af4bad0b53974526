// SPDX-License-Identifier: GPL-2.0-only
#include "image.h"

#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/exec.h"
#include "base/json.h"
#include "base/path.h"
#include "base/progress.h"
#include "kernels/apt.h"
#include "kernels/cache.h"
#include "kernels/elf.h"
#include "kernels/files.h"
#include "kernels/image-arm64.h"
#include "kernels/manifest.h"
#include "kernels/modules.h"
#include "kernels/target.h"
#include "kernels/unpack.h"
#include "kernels/vmlinuz.h"

/* Package lists, the package (35 MB), its files (120 MB; 400 MB where it is no cloud kernel), and vmlinux. */
#define FETCH_BYTES (1ULL << 30)

/* From a meta package to its kernel it is one step; a version in between may make it two. */
#define STEPS_MOST 4

/* Drivers of what a guest gets (runners/qemu.c). Without the needed ones there is no channel to the agent. */
static const struct {
	const char *name;
	bool needed;
} drivers[] = {
	{ "virtio_pci", true },
	{ "virtio_console", true },
	{ "pvpanic_pci", false },
};

/* Part of the digests: a folder of another format is another kernel. */
#define FORMAT "image 3"

/* A package on its way into the cache. */
struct unpacking {
	const struct kernel_spec *spec;
	const struct source_name *name;
	const struct target *target;
	char *temp;		/* a folder for all of it */
	char *files;		/* the package's files */
	char *dir;		/* what becomes the kernel's folder */
	char *release;		/* as in `uname -r` */
	char *sha256;		/* of the kernel's file in the package */
	char *modules_dir;	/* lib/modules/RELEASE of the package */
	struct apt_package *package;
};

static void unpacking_free(struct unpacking *u)
{
	if (u->temp)
		path_remove_tree(u->temp, NULL);
	g_free(u->temp);
	g_free(u->files);
	g_free(u->dir);
	g_free(u->release);
	g_free(u->sha256);
	g_free(u->modules_dir);
	apt_package_free(u->package);
}

static bool check_spec(const struct kernel_spec *spec, GError **error)
{
	const char *what = spec->series_count ? "series" : spec->config ? "config" : "layout";

	if (!spec->series_count && !spec->config && !spec->layout)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "source %s is a kernel that was built already: it cannot have a %s", spec->source, what);
	return false;
}

/* Over @first (what was asked for, or what came of it) and all of ours that decides what a folder holds. */
static char *digest(const char *first, const struct target *target)
{
	g_autoptr(GString) text = g_string_new(FORMAT "\n");

	g_string_append_printf(text, "%s\n%s\n", first, target->arch);
	for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++)
		g_string_append_printf(text, "%s\n", drivers[i].name);
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize)text->len);
}

/* For the list of those there are: neither parts of kernels nor each of their versions. */
static bool is_meta_package(const char *name)
{
	return !g_regex_match_simple("-(dbg|unsigned|signed-template)$|^" IMAGE_PREFIX "[0-9]+\\.[0-9]+\\.",
				     name, 0, 0);
}

static struct apt_package *find_package(const struct apt *from, const char *name, GError **error)
{
	return apt_find(from, name, IMAGE_PREFIX, is_meta_package,
			"one of these (image:PACKAGE@SUITE), or another suite", error);
}

/* The package that @name stands for: itself, or the one that it depends on. */
static struct apt_package *follow(const struct apt *from, const char *name, GError **error)
{
	g_autoptr(apt_package) package = find_package(from, name, error);

	for (int step = 0; package; step++) {
		g_autofree char *next = apt_first_dependency(package->depends, IMAGE_PREFIX);

		if (!next)
			return g_steal_pointer(&package);
		if (step == STEPS_MOST) {
			g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
				    "package %s of suite %s leads to other packages and never to a kernel",
				    name, from->suite);
			return NULL;
		}
		apt_package_free(package);
		package = find_package(from, next, error);
	}
	return NULL;
}

static bool fail_no_kernel(const struct unpacking *u, const char *what, GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "package %s %s has no %s, so it is not a kernel to boot", u->package->name,
		    u->package->version, what);
	return false;
}

/* Since Debian 13 modules are in /usr/lib, which /lib is a link to. */
static char *find_modules_dir(const struct unpacking *u)
{
	static const char *const parents[] = { "lib/modules", "usr/lib/modules" };

	for (size_t i = 0; i < G_N_ELEMENTS(parents); i++) {
		g_autofree char *dir = g_build_filename(u->files, parents[i], u->release, NULL);

		if (g_file_test(dir, G_FILE_TEST_IS_DIR))
			return g_steal_pointer(&dir);
	}
	return NULL;
}

/* The image that QEMU loads, and what ELF readers want of it. */
static bool unpack_kernel(const struct unpacking *u, const char *vmlinuz, GError **error)
{
	g_autofree char *image = g_build_filename(u->dir, target_image_name(u->target), NULL);
	g_autofree char *vmlinux = g_build_filename(u->dir, "vmlinux", NULL);

	if (!strcmp(u->target->arch, "arm64"))
		return image_arm64_unpack(vmlinuz, image, error) &&
		       image_arm64_describe(image, vmlinux, error);
	return files_copy(vmlinuz, image, error) && vmlinuz_unpack(image, vmlinux, error);
}

static bool copy_image(struct unpacking *u, GError **error)
{
	static const char prefix[] = "vmlinuz-";
	g_autofree char *boot = g_build_filename(u->files, "boot", NULL);
	g_autofree char *vmlinuz = apt_find_file(boot, "vmlinuz-*", NULL);
	g_autofree char *base = vmlinuz ? g_path_get_basename(vmlinuz) : NULL;
	g_autofree char *config = NULL, *config_name = NULL;
	g_autofree char *config_copy = g_build_filename(u->dir, "config", NULL);

	if (!vmlinuz)
		return fail_no_kernel(u, "boot/vmlinuz", error);
	u->release = g_strdup(base + strlen(prefix));
	u->modules_dir = find_modules_dir(u);
	config_name = g_strconcat("config-", u->release, NULL);
	config = g_build_filename(boot, config_name, NULL);
	if (!u->modules_dir)
		return fail_no_kernel(u, "folder of modules", error);
	u->sha256 = files_copy(config, config_copy, error) ? path_sha256(vmlinuz, error) : NULL;
	return u->sha256 && unpack_kernel(u, vmlinuz, error);
}

/* Makes @path, which the package may hold compressed. The agent inserts plain files only. */
static bool uncompress(const char *path, GError **error)
{
	static const char *const suffixes[] = { ".xz", ".zst", ".gz" };

	for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		g_autofree char *packed = g_strconcat(path, suffixes[i], NULL);

		if (g_file_test(packed, G_FILE_TEST_EXISTS))
			return unpack_file(packed, error);
	}
	if (g_file_test(path, G_FILE_TEST_EXISTS))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    "%s: the package lists this module, and does not hold it", path);
	return false;
}

static char *read_depends(const char *name, const char *file, void *data, GError **error)
{
	static const char key[] = "depends=";
	const struct unpacking *u = data;
	g_autofree char *path = g_build_filename(u->modules_dir, file, NULL);
	g_autoptr(GPtrArray) modinfo = uncompress(path, error) ? elf_modinfo(path, error) : NULL;

	(void)name;
	for (guint i = 0; modinfo && i < modinfo->len; i++) {
		const char *text = modinfo->pdata[i];

		if (g_str_has_prefix(text, key))
			return g_strdup(text + strlen(key));
	}
	return modinfo ? g_strdup("") : NULL;
}

static struct modules *read_modules(const struct unpacking *u, GError **error)
{
	g_autofree char *order_path = g_build_filename(u->modules_dir, "modules.order", NULL);
	g_autofree char *builtin_path = g_build_filename(u->modules_dir, "modules.builtin", NULL);
	g_autofree char *order = NULL, *builtin = NULL;

	if (!g_file_get_contents(order_path, &order, NULL, error) ||
	    !g_file_get_contents(builtin_path, &builtin, NULL, error))
		return NULL;
	return modules_parse(order, builtin);
}

/* The drivers that this kernel may do without are left out where it has none. */
static GPtrArray *order_modules(struct unpacking *u, const struct modules *m, GError **error)
{
	const char *wanted[G_N_ELEMENTS(drivers) + 1] = { NULL };
	size_t count = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++) {
		if (drivers[i].needed || modules_where(m, drivers[i].name) != MODULES_NOWHERE)
			wanted[count++] = drivers[i].name;
	}
	return modules_order(m, wanted, read_depends, u, error);
}

/* Copies the modules that a guest needs; [{"file", "sha256"}] in the order in which they are inserted. */
static json_t *copy_modules(struct unpacking *u, GError **error)
{
	g_autoptr(modules) m = read_modules(u, error);
	g_autoptr(GPtrArray) names = m ? order_modules(u, m, error) : NULL;
	g_autojson list = json_array();

	for (guint i = 0; names && i < names->len; i++) {
		const char *name = names->pdata[i];
		const char *path = g_hash_table_lookup(m->files, name);
		g_autofree char *from = g_build_filename(u->modules_dir, path, NULL);
		g_autofree char *file = g_strdup_printf("%02u-%s.ko", i, name);
		g_autofree char *to = g_build_filename(u->dir, KERNEL_MODULES, file, NULL);
		g_autofree char *sha256 = files_copy(from, to, error) ? path_sha256(to, error) : NULL;

		if (!sha256)
			return NULL;
		json_array_append_new(list, json_pack("{s:s, s:s}", "file", file, "sha256", sha256));
	}
	return names ? json_incref(list) : NULL;
}

static json_t *describe_image(const struct unpacking *u, GError **error)
{
	g_autofree char *path = g_build_filename(u->dir, target_image_name(u->target), NULL);
	g_autofree char *sha256 = path_sha256(path, error);
	struct stat info = { 0 };

	if (!sha256)
		return NULL;
	stat(path, &info);
	return json_pack("{s:s, s:I}", "sha256", sha256, "bytes", (json_int_t)info.st_size);
}

/* Shell lines that get the same kernel without this program. */
static json_t *describe_reproduction(const struct unpacking *u)
{
	const struct apt_package *package = u->package;
	g_autofree char *comment = g_strdup_printf("# with suite %s in apt's sources:", u->name->at);
	g_autofree char *fetch = g_strdup_printf("apt-get download %s=%s", package->name, package->version);
	g_autofree char *unpack = g_strdup_printf("dpkg-deb -x %s_*.deb package", package->name);
	g_autofree char *check =
		g_strdup_printf("echo '%s  package/boot/vmlinuz-%s' | sha256sum -c", u->sha256, u->release);

	return json_pack("[s, s, s, s]", comment, fetch, unpack, check);
}

/* What is read from the kernel itself. */
static bool add_vmlinux(json_t *manifest, const struct unpacking *u, GError **error)
{
	g_autofree char *path = g_build_filename(u->dir, "vmlinux", NULL);
	g_autofree char *build_id = elf_build_id(path, error);
	json_t *sections = build_id ? elf_section_sizes(path, error) : NULL;

	if (!sections)
		return false;
	json_object_set_new(manifest, "build_id", json_string(build_id));
	json_object_set_new(manifest, "sections", sections);
	json_object_set_new(manifest, "vmap_area", manifest_struct(path, "vmap_area"));
	json_object_set_new(manifest, "vmap_node", manifest_struct(path, "vmap_node"));
	return true;
}

static json_t *describe_source(const struct unpacking *u)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "name", u->spec->source, "kind", "image",
			 "package", u->package->name, "suite", u->name->at, "version", u->package->version,
			 "release", u->release, "digest", u->package->sha256, "from_cache", false);
}

/* @early: what copy_modules() gave. */
static json_t *describe(const struct unpacking *u, const char *key, json_t *early, GError **error)
{
	g_autofree char *config = g_build_filename(u->dir, "config", NULL);
	g_autofree char *config_sha256 = path_sha256(config, error);
	json_t *image = config_sha256 ? describe_image(u, error) : NULL;

	if (!image)
		return NULL;
	return json_pack("{s:i, s:s, s:s, s:o, s:[], s:{s:s, s:[]}, s:i, s:s, s:o, s:O, s:[], s:[], s:o}", "v",
			 1, "key", key, "arch", u->target->arch, "source", describe_source(u), "series",
			 "config", "sha256", config_sha256, "fragments", "layout", 0, "release", u->release,
			 "image", image, "modules", early, "tests", "test_parameters", "reproduce",
			 describe_reproduction(u));
}

static bool fill_dir(struct unpacking *u, const char *key, GError **error)
{
	g_autofree char *path = g_build_filename(u->dir, "manifest.json", NULL);
	g_autojson early = copy_image(u, error) ? copy_modules(u, error) : NULL;
	g_autojson manifest = early ? describe(u, key, early, error) : NULL;

	return manifest && add_vmlinux(manifest, u, error) && json_file_write(path, manifest, error);
}

static bool unpack(struct unpacking *u, const struct apt *from, const char *key, GError **error)
{
	g_autofree char *downloads = g_build_filename(u->temp, "package", NULL);
	g_autofree char *what = g_strdup_printf("kernel %s %s", u->package->name, u->package->version);
	g_autoptr(progress) p = progress_new(what, 2);
	g_autofree char *deb = apt_download(from, u->package, downloads, error);

	if (!deb)
		return false;
	progress_update(p, 1, "unpacking");
	if (!exec_words(NULL, NULL, error, "dpkg-deb", "-x", deb, u->files, NULL) || !fill_dir(u, key, error))
		return false;
	progress_finish(g_steal_pointer(&p), NULL);
	return true;
}

/* Brings the package's kernel to the cache, unless another name has brought it before; returns its key. */
static char *fetch_into(struct unpacking *u, GError **error)
{
	g_autoptr(apt) from = apt_open(u->temp, u->name->at, u->target->deb_arch, error);
	g_autofree char *key = NULL;
	g_autofree char *dir = NULL;
	g_autoptr(kernel) there = NULL;

	u->package = from ? follow(from, u->name->what, error) : NULL;
	if (!u->package)
		return NULL;
	key = digest(u->package->sha256, u->target);
	dir = cache_dir(key);
	there = kernel_open(dir, NULL);
	/* A damaged folder would be in the way of the new one. */
	if (there || (path_remove_tree(dir, error) && unpack(u, from, key, error) &&
		      files_publish(u->dir, dir, error)))
		return g_steal_pointer(&key);
	return NULL;
}

static char *fetch(const struct kernel_spec *spec, const struct source_name *name, const struct target *target,
		   GError **error)
{
	__attribute__((cleanup(unpacking_free))) struct unpacking u = {
		.spec = spec, .name = name, .target = target,
	};
	g_autofree char *kernels = path_cache("kernels");

	if (!files_check_space(kernels, FETCH_BYTES, "unpacking a kernel package", error))
		return NULL;
	files_sweep(kernels);
	u.temp = files_make_temp(kernels, error);
	if (!u.temp)
		return NULL;
	u.files = g_build_filename(u.temp, "files", NULL);
	u.dir = g_build_filename(u.temp, "kernel", NULL);
	return fetch_into(&u, error);
}

struct kernel *image_get(const struct kernel_spec *spec, const struct source_name *name, GError **error)
{
	const struct target *target = check_spec(spec, error) ? target_find(spec->arch, error) : NULL;
	g_autofree char *inputs = target ? digest(name->text, target) : NULL;
	g_autofree char *lock_path = path_cache("images.lock");
	files_autolock lock = inputs ? files_lock(lock_path, "another fetch of a kernel package", error) : -1;
	g_autofree char *key = NULL;
	g_autofree char *dir = NULL;
	struct kernel *k;

	if (lock < 0)
		return NULL;
	k = cache_find(inputs);
	if (k) {
		k->from_cache = true;
		return k;
	}
	key = fetch(spec, name, target, error);
	if (!key || !cache_link(inputs, key, error))
		return NULL;
	dir = cache_dir(key);
	return kernel_open(dir, error);
}
