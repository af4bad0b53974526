// SPDX-License-Identifier: GPL-2.0-only
#include "runners/board/method.h"

#include "base/error.h"

/* The texts that boot loaders read. */

#define IMAGE (char *)"/boot/vmapbench/Image"

static const struct method_files plain = { .image = IMAGE };
static const struct method_files whole = {
	.image = IMAGE, .initrd = (char *)"/boot/initrd", .dtb = (char *)"/boot/a board.dtb",
};

static const struct {
	const struct method_files *files;
	const char *cmdline;
	const char *text;		/* NULL: refused */
} grub[] = {
	{ &plain, "root=/dev/vda2 console=ttyAMA0,115200 panic=10",
	  METHOD_MARK "\nmenuentry 'vmapbench' --id vmapbench {\n"
	  "\tsearch --no-floppy --set=root --file /boot/vmapbench/Image\n"
	  "\tlinux /boot/vmapbench/Image root=/dev/vda2 console=ttyAMA0,115200 panic=10\n}" },
	{ &whole, " root=LABEL=x  ro ",
	  METHOD_MARK "\nmenuentry 'vmapbench' --id vmapbench {\n"
	  "\tsearch --no-floppy --set=root --file /boot/vmapbench/Image\n"
	  "\tdevicetree '/boot/a board.dtb'\n"
	  "\tlinux /boot/vmapbench/Image root=LABEL=x ro\n"
	  "\tinitrd /boot/initrd\n}" },
	{ &plain, "a=$b \"c\" x;y",
	  METHOD_MARK "\nmenuentry 'vmapbench' --id vmapbench {\n"
	  "\tsearch --no-floppy --set=root --file /boot/vmapbench/Image\n"
	  "\tlinux /boot/vmapbench/Image 'a=$b' '\"c\"' 'x;y'\n}" },
	{ &plain, "it's", NULL },
	{ &plain, "a\nb", NULL },
};

static void test_grub(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(grub); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *text = method_grub_text(grub[i].files, grub[i].cmdline, &error);

		g_assert_cmpstr(text, ==, grub[i].text);
		if (!grub[i].text)
			g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
	}
}

static void test_sdboot(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = method_sdboot_text(&whole, "root=/dev/vda2 quiet", NULL);
	g_autofree char *broken = method_sdboot_text(&plain, "a\noptions b", &error);

	g_assert_cmpstr(text, ==,
			METHOD_MARK "\ntitle vmapbench\nlinux /boot/vmapbench/Image\ninitrd /boot/initrd\n"
			"devicetree /boot/a board.dtb\noptions root=/dev/vda2 quiet");
	g_assert_null(broken);
	g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
}

static void test_sentence(void)
{
	g_autofree char *nothing = method_sentence("");
	g_autofree char *nasty = method_sentence("no \033[1mGRUB\xff\nand more");

	g_assert_null(nothing);
	g_assert_cmpstr(nasty, ==, "no  [1mGRUB\xef\xbf\xbd");
}

static void test_names(void)
{
	static const char *const names[] = { "grub-once", "kexec", "sdboot-once", "script" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		const struct board b = { .boot.method = (char *)names[i] };
		const struct method *m = method_of(&b);

		g_assert_cmpstr(m->name, ==, names[i]);
		g_assert_true(m->lacks && m->arm && m->pending && m->disarm && m->fingerprint && m->reboot);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/board-method/grub", test_grub);
	g_test_add_func("/board-method/sdboot", test_sdboot);
	g_test_add_func("/board-method/sentence", test_sentence);
	g_test_add_func("/board-method/names", test_names);
	return g_test_run();
}
