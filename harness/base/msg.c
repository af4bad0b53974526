// SPDX-License-Identifier: GPL-2.0-only
#include "msg.h"

#include <jansson.h>
#include <unistd.h>

#include "json.h"
#include "screen.h"
#include "tty.h"

enum level {
	LEVEL_INFO,
	LEVEL_WARNING,
	LEVEL_ERROR,
};

static const struct {
	const char *name;
	enum tty_style style;
} levels[] = {
	[LEVEL_INFO] = { "info", TTY_HEAD },
	[LEVEL_WARNING] = { "warning", TTY_WARNING },
	[LEVEL_ERROR] = { "error", TTY_BAD },
};

static bool is_quiet, is_json;

void msg_set(bool quiet, bool json)
{
	is_quiet = quiet;
	is_json = json;
}

bool msg_is_quiet(void)
{
	return is_quiet;
}

bool msg_is_json(void)
{
	return is_json;
}

static char *as_json(enum level level, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	g_autojson message = json_pack("{s:i, s:s, s:s, s:s}", "v", 1, "t", "message", "level",
				       levels[level].name, "text", valid);
	g_autofree char *line = json_line(message);

	return g_strconcat(line, "\n", NULL);
}

static char *as_text(enum level level, const char *text)
{
	if (level == LEVEL_INFO)
		return g_strdup_printf("vmapbench: %s\n", text);
	return g_strdup_printf("vmapbench: %s%s:%s %s\n", tty_begin(STDERR_FILENO, levels[level].style),
			       levels[level].name, tty_end(STDERR_FILENO), text);
}

static void tell(enum level level, const char *format, va_list args)
{
	g_autofree char *text = g_strdup_vprintf(format, args);
	g_autofree char *line = (is_json ? as_json : as_text)(level, text);

	if (level != LEVEL_INFO || !is_quiet)
		screen_print(line);
}

void msg_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(LEVEL_INFO, format, args);
	va_end(args);
}

void msg_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(LEVEL_WARNING, format, args);
	va_end(args);
}

void msg_err(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(LEVEL_ERROR, format, args);
	va_end(args);
}
