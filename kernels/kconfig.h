/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Reads Kconfig files just far enough to say why a symbol did not take the value that was asked for: where it
 * is defined, what it depends on, who selects it. It does not configure anything. The language is that of
 * Documentation/kbuild/kconfig-language.rst; what it does not know it skips.
 */

/* Values of an expression. UNKNOWN: it holds a macro such as $(cc-option,...), which only make can tell. */
enum kconfig_value {
	KCONFIG_N,
	KCONFIG_M,
	KCONFIG_Y,
	KCONFIG_UNKNOWN,
};

/* One `config` block. A symbol may have several. */
struct kconfig_block {
	char *file;		/* relative to the tree */
	unsigned int line;
	bool prompt;		/* a fragment can set it */
	GPtrArray *depends; /* char *: expressions that all must hold, enclosing if, menu and choice included */
};

struct kconfig_select {
	char *selector;
	char *condition;	/* or NULL */
};

struct kconfig_symbol {
	GPtrArray *blocks;	/* struct kconfig_block * */
	GPtrArray *selects;	/* struct kconfig_select *: by whom it is selected */
};

typedef struct kconfig kconfig;

/* Reads the top Kconfig of @tree and all that it sources. @srcarch: "x86". NULL when there is no such file. */
struct kconfig *kconfig_load(const char *tree, const char *srcarch, GError **error);
void kconfig_free(struct kconfig *k);

/* NULL when no file defines @name (without CONFIG_). Borrowed. */
const struct kconfig_symbol *kconfig_find(const struct kconfig *k, const char *name);

/*
 * The value of @expression where symbols have the values of @config (name without CONFIG_ -> text as in
 * .config; missing: n). False when it is no expression.
 */
bool kconfig_evaluate(const char *expression, GHashTable *config, enum kconfig_value *ret_value);

/* "PCI=y, MODULES is not set": each symbol of @expression once, with its value. Caller frees. */
char *kconfig_describe(const char *expression, GHashTable *config);

/*
 * Why @name is not @wanted ("y", "m", "n" or a value) in @config: one or more lines, indented, each with its
 * newline. Caller frees.
 */
char *kconfig_explain(const struct kconfig *k, const char *name, const char *wanted, GHashTable *config);

/* The text of a .config as name (without CONFIG_) -> value. Symbols that are not set are not in it. */
GHashTable *kconfig_parse_dot_config(const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(kconfig, kconfig_free)
