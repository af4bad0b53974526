/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Dependency expressions of Kconfig as trees. */
enum expr_kind {
	EXPR_WORD,	/* a symbol, or a constant: y, m, n, a number, a quoted text */
	EXPR_MACRO,	/* $(...) */
	EXPR_NOT,
	EXPR_AND,
	EXPR_OR,
	EXPR_COMPARE,
};

struct expr {
	enum expr_kind kind;
	char *text;		/* word, macro, or the operator of a comparison */
	bool quoted;		/* a word in quotes is a constant */
	struct expr *left;	/* also the operand of NOT */
	struct expr *right;
};

/* NULL when @text is not one whole expression, or nested deeper than any sane one. */
struct expr *expr_parse(const char *text);
void expr_free(struct expr *e);

/* Whether word @e stands for a symbol rather than for itself. */
bool expr_is_symbol(const struct expr *e);

/* As it is written, with only the parentheses that it needs. Caller frees. */
char *expr_print(const struct expr *e);
