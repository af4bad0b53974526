// SPDX-License-Identifier: GPL-2.0-only
#include "kconfig-expr.h"

#include <string.h>

/* Real expressions nest less than ten deep; the limit keeps a hostile file from using up the stack. */
#define MAX_DEPTH 200

struct cursor {
	const char *at;
	unsigned int depth;
};

static struct expr *parse_or(struct cursor *c);

static void skip_blanks(struct cursor *c)
{
	c->at += strspn(c->at, " \t");
}

static struct expr *new_node(enum expr_kind kind, struct expr *left, struct expr *right)
{
	struct expr *e = g_new0(struct expr, 1);

	e->kind = kind;
	e->left = left;
	e->right = right;
	return e;
}

static struct expr *new_text(enum expr_kind kind, const char *text, size_t length)
{
	struct expr *e = new_node(kind, NULL, NULL);

	e->text = g_strndup(text, length);
	return e;
}

void expr_free(struct expr *e)
{
	if (!e)
		return;
	expr_free(e->left);
	expr_free(e->right);
	g_free(e->text);
	g_free(e);
}

/* The length of "$(...)" at @text with its inner parentheses; 0 when it does not end. */
static size_t macro_length(const char *text)
{
	size_t i = 2;

	for (int open = 1; open > 0; i++) {
		if (!text[i])
			return 0;
		open += (text[i] == '(') - (text[i] == ')');
	}
	return i;
}

static struct expr *parse_macro(struct cursor *c)
{
	size_t length = macro_length(c->at);
	struct expr *e;

	if (!length)
		return NULL;
	e = new_text(EXPR_MACRO, c->at, length);
	c->at += length;
	return e;
}

static struct expr *parse_quoted(struct cursor *c)
{
	const char *end = strchr(c->at + 1, *c->at);
	struct expr *e;

	if (!end)
		return NULL;
	e = new_text(memmem(c->at, end - c->at, "$(", 2) ? EXPR_MACRO : EXPR_WORD, c->at + 1, end - c->at - 1);
	e->quoted = true;
	c->at = end + 1;
	return e;
}

static struct expr *parse_word(struct cursor *c)
{
	size_t length = 0;
	struct expr *e;

	skip_blanks(c);
	if (g_str_has_prefix(c->at, "$("))
		return parse_macro(c);
	if (*c->at == '"' || *c->at == '\'')
		return parse_quoted(c);
	while (g_ascii_isalnum(c->at[length]) || (c->at[length] && strchr("_-./", c->at[length])))
		length++;
	if (!length)
		return NULL;
	e = new_text(EXPR_WORD, c->at, length);
	c->at += length;
	return e;
}

static const char *comparison_at(const char *text)
{
	static const char *const operators[] = { "!=", "<=", ">=", "=", "<", ">" };

	for (size_t i = 0; i < G_N_ELEMENTS(operators); i++) {
		if (g_str_has_prefix(text, operators[i]))
			return operators[i];
	}
	return NULL;
}

static struct expr *parse_comparison(struct cursor *c)
{
	struct expr *left = parse_word(c);
	const char *operator;
	struct expr *e, *right;

	skip_blanks(c);
	operator = left ? comparison_at(c->at) : NULL;
	if (!operator)
		return left;
	c->at += strlen(operator);
	right = parse_word(c);
	e = new_node(EXPR_COMPARE, left, right);
	e->text = g_strdup(operator);
	if (right)
		return e;
	expr_free(e);
	return NULL;
}

static struct expr *parse_parenthesis(struct cursor *c)
{
	struct expr *e;

	c->at++;
	e = parse_or(c);
	skip_blanks(c);
	if (e && *c->at == ')') {
		c->at++;
		return e;
	}
	expr_free(e);
	return NULL;
}

static struct expr *parse_not(struct cursor *c)
{
	struct expr *e;

	skip_blanks(c);
	if (++c->depth > MAX_DEPTH)
		return NULL;
	if (*c->at == '(') {
		e = parse_parenthesis(c);
	} else if (*c->at == '!') {
		c->at++;
		e = parse_not(c);
		e = e ? new_node(EXPR_NOT, e, NULL) : NULL;
	} else {
		e = parse_comparison(c);
	}
	c->depth--;
	return e;
}

static struct expr *parse_chain(struct cursor *c, enum expr_kind kind, const char *operator,
				struct expr *(*parse_operand)(struct cursor *c))
{
	struct expr *e = parse_operand(c);

	for (skip_blanks(c); e && g_str_has_prefix(c->at, operator); skip_blanks(c)) {
		struct expr *right;

		c->at += strlen(operator);
		right = parse_operand(c);
		if (!right) {
			expr_free(e);
			return NULL;
		}
		e = new_node(kind, e, right);
	}
	return e;
}

static struct expr *parse_and(struct cursor *c)
{
	return parse_chain(c, EXPR_AND, "&&", parse_not);
}

static struct expr *parse_or(struct cursor *c)
{
	return parse_chain(c, EXPR_OR, "||", parse_and);
}

/* A chain builds a tree as deep as it is long, and that is walked recursively. */
static bool has_sane_length(const char *text)
{
	return strlen(text) < 16384;
}

struct expr *expr_parse(const char *text)
{
	struct cursor c = { .at = text };
	struct expr *e = has_sane_length(text) ? parse_or(&c) : NULL;

	if (e && *c.at == '\0')
		return e;
	expr_free(e);
	return NULL;
}

bool expr_is_symbol(const struct expr *e)
{
	static const char *const constants[] = { "y", "m", "n", NULL };

	return e->kind == EXPR_WORD && !e->quoted && !g_strv_contains(constants, e->text) &&
	       strspn(e->text, "-0123456789") != strlen(e->text) && !g_str_has_prefix(e->text, "0x");
}

static void print_operand(GString *out, const struct expr *e, bool in_parentheses)
{
	g_autofree char *text = expr_print(e);

	g_string_append_printf(out, in_parentheses ? "(%s)" : "%s", text);
}

static void print_binary(GString *out, const struct expr *e, const char *operator)
{
	print_operand(out, e->left, e->kind == EXPR_AND && e->left->kind == EXPR_OR);
	g_string_append_printf(out, " %s ", operator);
	print_operand(out, e->right, e->kind == EXPR_AND && e->right->kind == EXPR_OR);
}

char *expr_print(const struct expr *e)
{
	GString *out = g_string_new(NULL);

	switch (e->kind) {
	case EXPR_WORD:
	case EXPR_MACRO:
		g_string_append_printf(out, e->quoted ? "\"%s\"" : "%s", e->text);
		break;
	case EXPR_NOT:
		g_string_append_c(out, '!');
		print_operand(out, e->left, e->left->kind != EXPR_WORD && e->left->kind != EXPR_MACRO);
		break;
	case EXPR_AND:
		print_binary(out, e, "&&");
		break;
	case EXPR_OR:
		print_binary(out, e, "||");
		break;
	case EXPR_COMPARE:
		print_binary(out, e, e->text);
		break;
	}
	return g_string_free(out, FALSE);
}
