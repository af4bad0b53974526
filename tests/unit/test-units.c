// SPDX-License-Identifier: GPL-2.0-only
#include "base/units.h"

#include <string.h>

#include "base/error.h"

static const struct {
	double seconds;
	const char *text;
} durations[] = {
	{ 0, "0 ms" },	       { 0.0004, "0 ms" },   { 0.85, "850 ms" },     { 0.9994, "999 ms" }, { 0.9996,
	  "1 s" },
	{ 1, "1 s" },	       { 42.4, "42 s" },     { 59.4, "59 s" },	     { 59.6, "1m00s" },	   { 185,
	  "3m05s" },
	{ 3599.4, "59m59s" },  { 3599.6, "1h00m" },  { 7440, "2h04m" },	     { 360000, "100h00m" },
};

static const struct {
	guint64 bytes;
	const char *text;
} sizes[] = {
	{ 0, "0 B" },
	{ 512, "512 B" },
	{ 1023, "1023 B" },
	{ 1024, "1.0 KiB" },
	{ 4928307, "4.7 MiB" },
	{ 1048524, "1023.9 KiB" },
	{ 1048575, "1.0 MiB" },
	{ (guint64)1 << 30, "1.0 GiB" },
	{ ((guint64)1 << 40) - 1, "1.0 TiB" },
	{ G_MAXUINT64, "16777216.0 TiB" },
};

static const struct {
	const char *text;
	bool ok;
	guint64 value;
} numbers[] = {
	{ "1", true, 1 },   { "10", true, 10 }, { "007", true, 7 },  { "0", false, 0 },	  { "11", false, 0 },
	{ "", false, 0 },   { " 1", false, 0 }, { "1 ", false, 0 },  { "+1", false, 0 },  { "-1", false, 0 },
	{ "0x1", false, 0 }, { "1e0", false, 0 }, { "1.0", false, 0 }, { "a", false, 0 },
	{ "18446744073709551617", false, 0 },
};

static void test_durations(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(durations); i++) {
		g_autofree char *text = units_format_duration(durations[i].seconds);

		g_assert_cmpstr(text, ==, durations[i].text);
	}
}

static void test_bytes(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autofree char *text = units_format_bytes(sizes[i].bytes);

		g_assert_cmpstr(text, ==, sizes[i].text);
	}
}

static void test_numbers(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
		g_autoptr(GError) error = NULL;
		guint64 value = 0;

		g_assert_cmpint(units_parse_u64(numbers[i].text, "--blocks", 1, 10, &value, &error), ==,
				numbers[i].ok);
		if (numbers[i].ok) {
			g_assert_cmpuint(value, ==, numbers[i].value);
			continue;
		}
		g_assert_error(error, BENCH_ERROR, BENCH_ERROR_USAGE);
		g_assert_true(g_str_has_prefix(error->message, "--blocks: "));
		g_assert_nonnull(strstr(error->message, "from 1 to 10"));
	}
}

static void test_exit_status(void)
{
	g_autoptr(GError) ours = g_error_new(BENCH_ERROR, BENCH_ERROR_KERNEL, "it died");
	g_autoptr(GError) disk = g_error_new(G_FILE_ERROR, G_FILE_ERROR_NOSPC, "full");
	g_autoptr(GError) other = g_error_new(G_SHELL_ERROR, G_SHELL_ERROR_FAILED, "odd");

	g_assert_cmpint(bench_error_exit_status(ours), ==, 3);
	g_assert_cmpint(bench_error_exit_status(disk), ==, 4);
	g_assert_cmpint(bench_error_exit_status(other), ==, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/units/durations", test_durations);
	g_test_add_func("/units/bytes", test_bytes);
	g_test_add_func("/units/numbers", test_numbers);
	g_test_add_func("/units/exit-status", test_exit_status);
	return g_test_run();
}
