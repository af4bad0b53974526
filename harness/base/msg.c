// SPDX-License-Identifier: GPL-2.0-only
#include "msg.h"

#include <stdio.h>

#include "progress.h"

static void print_line(const char *prefix, const char *format, va_list args)
{
	g_autofree char *text = g_strdup_vprintf(format, args);

	progress_clear_line();
	fprintf(stderr, "vmapbench: %s%s\n", prefix, text);
}

void msg_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line("", format, args);
	va_end(args);
}

void msg_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line("warning: ", format, args);
	va_end(args);
}

void msg_err(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line("error: ", format, args);
	va_end(args);
}
