/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What a stranger wrote, fit for a terminal and for JSON: bytes that are no UTF-8 become U+FFFD, control
 * characters a blank. Returns a string the caller frees.
 */
char *text_make_plain(const char *text);
