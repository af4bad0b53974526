// SPDX-License-Identifier: GPL-2.0-only
#include "number.h"

#include <math.h>

#include "render/html.h"

#define DIGITS "%.10g" /* those of render/data.h */

static const char *print(double value, char *text)
{
	return isfinite(value) ? g_ascii_formatd(text, G_ASCII_DTOSTR_BUF_SIZE, DIGITS, value) : "";
}

void number_cell(GString *out, double value, const char *shown)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	html_add(out, "<td class=\"number\" data-v=\"%s\">%s</td>", print(value, text), shown);
}
