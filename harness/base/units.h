/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* "850 ms", "42 s", "3m05s", "2h04m". Returns a string the caller frees. */
char *units_format_duration(double seconds);

/*
 * A duration as a person writes it, in whole seconds from 1 to @highest_s: "90", "90s", "10m", "1h30m", "2d";
 * days, hours, minutes, seconds in this order. @what names it in the error.
 */
bool units_parse_duration(const char *text, const char *what, guint64 highest_s, guint64 *ret_s,
			  GError **error);

/* "512 B", "4.7 MiB", binary prefixes. Returns a string the caller frees. */
char *units_format_bytes(guint64 bytes);

/* A decimal number in [@lowest, @highest] that fills the whole of @text. @what names it in the error. */
bool units_parse_u64(const char *text, const char *what, guint64 lowest, guint64 highest, guint64 *ret_value,
		     GError **error);
