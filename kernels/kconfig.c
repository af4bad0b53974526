// SPDX-License-Identifier: GPL-2.0-only
#include "kconfig.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "kconfig-expr.h"

/* The kernel's deepest chain of `source` is five files; more than this is a loop. */
#define MAX_SOURCE_DEPTH 50

struct kconfig {
	GHashTable *symbols;	/* name -> struct kconfig_symbol * */
};

/* An open if, menu or choice. */
struct scope {
	char keyword;		/* 'i', 'm', 'c' */
	guint depends_before;	/* how many of reader.depends are from outside */
};

/* What the lines after `config X`, `menu`, `choice` or `comment` belong to. */
enum entry {
	ENTRY_NONE,
	ENTRY_SYMBOL,
	ENTRY_SCOPE,
};

struct reader {
	struct kconfig *k;
	const char *tree;
	const char *srcarch;
	unsigned int source_depth;
	GPtrArray *depends;	/* expressions of all open scopes */
	GArray *scopes;
	enum entry entry;
	char *name;		/* of the symbol under definition */
	struct kconfig_block *block;
};

/* A file being read, cut into logical lines. */
struct file {
	char *path;		/* relative to the tree */
	char *text;
	char *next;
	unsigned int line;
	unsigned int following;
};

static void free_block(gpointer data)
{
	struct kconfig_block *block = data;

	g_free(block->file);
	g_ptr_array_unref(block->depends);
	g_free(block);
}

static void free_select(gpointer data)
{
	struct kconfig_select *select = data;

	g_free(select->selector);
	g_free(select->condition);
	g_free(select);
}

static void free_symbol(gpointer data)
{
	struct kconfig_symbol *symbol = data;

	g_ptr_array_unref(symbol->blocks);
	g_ptr_array_unref(symbol->selects);
	g_free(symbol);
}

static struct kconfig_symbol *get_symbol(struct kconfig *k, const char *name)
{
	struct kconfig_symbol *symbol = g_hash_table_lookup(k->symbols, name);

	if (symbol)
		return symbol;
	symbol = g_new0(struct kconfig_symbol, 1);
	symbol->blocks = g_ptr_array_new_with_free_func(free_block);
	symbol->selects = g_ptr_array_new_with_free_func(free_select);
	g_hash_table_insert(k->symbols, g_strdup(name), symbol);
	return symbol;
}

/* The next logical line: continuations joined. NULL at the end. Caller frees. */
static char *read_line(struct file *f)
{
	GString *line = g_string_new(NULL);

	f->line = f->following;
	if (!*f->next)
		return g_string_free(line, TRUE);
	do {
		size_t length = strcspn(f->next, "\n");

		if (line->len)
			g_string_truncate(line, line->len - 1);
		g_string_append_len(line, f->next, length);
		f->next += length + (f->next[length] == '\n');
		f->following++;
	} while (g_str_has_suffix(line->str, "\\") && *f->next);
	return g_string_free(line, FALSE);
}

/* The column at which the text of @line begins; -1 for a blank line. */
static int indentation(const char *line)
{
	int column = 0;

	for (; *line == ' ' || *line == '\t'; line++)
		column = *line == '\t' ? (column | 7) + 1 : column + 1;
	return *line ? column : -1;
}

/* Help ends before the first line that is indented less than its first one. */
static void skip_help(struct file *f)
{
	int first = -1;

	while (*f->next) {
		char *before = f->next;
		unsigned int following = f->following;
		g_autofree char *line = read_line(f);
		int column = indentation(line);

		if (column < 0)
			continue;
		if (first < 0)
			first = column;
		if (column < first || column == 0) {
			f->next = before;
			f->following = following;
			return;
		}
	}
}

/* Ends @text at a comment that is not in quotes, and trims it. */
static void strip_comment(char *text)
{
	char quote = 0;

	for (char *c = text; *c; c++) {
		if (quote && *c == quote)
			quote = 0;
		else if (!quote && (*c == '"' || *c == '\''))
			quote = *c;
		else if (!quote && *c == '#')
			*c = '\0';
		if (!*c)
			break;
	}
	g_strstrip(text);
}

/* Cuts "EXPRESSION if CONDITION" in two; returns the condition or NULL. An ` if ` within quotes is text. */
static char *split_condition(char *text)
{
	char quote = 0;

	for (char *c = text; *c; c++) {
		if (quote && *c == quote)
			quote = 0;
		else if (!quote && (*c == '"' || *c == '\''))
			quote = *c;
		else if (!quote && c > text && g_ascii_isspace(c[-1]) && g_str_has_prefix(c, "if") &&
			 !g_ascii_isalnum(c[2]) && c[2] != '_') {
			c[-1] = '\0';
			g_strchomp(text);
			return g_strstrip(c + 2);
		}
	}
	return NULL;
}

static void add_depends(struct reader *r, char *text)
{
	const char *condition = split_condition(text);
	char *all = condition ? g_strdup_printf("(%s) || !(%s)", text, condition) : g_strdup(text);

	if (r->entry == ENTRY_SYMBOL)
		g_ptr_array_add(r->block->depends, all);
	else if (r->entry == ENTRY_SCOPE)
		g_ptr_array_add(r->depends, all);
	else
		g_free(all);
}

static void open_scope(struct reader *r, char keyword)
{
	struct scope scope = { .keyword = keyword, .depends_before = r->depends->len };

	g_array_append_val(r->scopes, scope);
	r->entry = ENTRY_SCOPE;
}

static void close_scope(struct reader *r, char keyword)
{
	const struct scope *scope;

	r->entry = ENTRY_NONE;
	if (!r->scopes->len)
		return;
	scope = &g_array_index(r->scopes, struct scope, r->scopes->len - 1);
	if (scope->keyword != keyword)
		return;
	g_ptr_array_set_size(r->depends, scope->depends_before);
	g_array_set_size(r->scopes, r->scopes->len - 1);
}

static void open_symbol(struct reader *r, const struct file *f, const char *name)
{
	struct kconfig_block *block = g_new0(struct kconfig_block, 1);

	block->file = g_strdup(f->path);
	block->line = f->line;
	block->depends = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < r->depends->len; i++)
		g_ptr_array_add(block->depends, g_strdup(r->depends->pdata[i]));
	g_ptr_array_add(get_symbol(r->k, name)->blocks, block);
	g_free(r->name);
	r->name = g_strdup(name);
	r->block = block;
	r->entry = ENTRY_SYMBOL;
}

/* `bool "text" if CONDITION`: the condition limits who may set it, as a dependency would. */
static void add_prompt(struct reader *r, char *text)
{
	const char *condition = split_condition(text);

	if (r->entry != ENTRY_SYMBOL || !*text)
		return;
	r->block->prompt = true;
	if (condition)
		g_ptr_array_add(r->block->depends, g_strdup(condition));
}

static void add_select(struct reader *r, char *text)
{
	const char *condition = split_condition(text);
	struct kconfig_select *select;

	if (r->entry != ENTRY_SYMBOL || !*text)
		return;
	select = g_new0(struct kconfig_select, 1);
	select->selector = g_strdup(r->name);
	select->condition = g_strdup(condition);
	g_ptr_array_add(get_symbol(r->k, text)->selects, select);
}

static void read_file(struct reader *r, const char *path);

/* The path of a `source` line: quotes off, $(SRCARCH) in; NULL when another macro remains. Caller frees. */
static char *expand_path(const struct reader *r, const char *text)
{
	g_autofree char *bare = g_strndup(text + (*text == '"'), strcspn(text + (*text == '"'), "\""));
	g_auto(GStrv) parts = g_strsplit(bare, "$(SRCARCH)", -1);
	g_autofree char *path = g_strjoinv(r->srcarch, parts);

	return strstr(path, "$(") ? NULL : g_steal_pointer(&path);
}

static void source_file(struct reader *r, const struct file *f, const char *text, bool relative)
{
	g_autofree char *path = expand_path(r, text);
	g_autofree char *dir = g_path_get_dirname(f->path);
	g_autofree char *full = path && relative ? g_build_filename(dir, path, NULL) : g_strdup(path);

	if (full && *full)
		read_file(r, full);
}

static void read_if(struct reader *r, char *text)
{
	open_scope(r, 'i');
	g_ptr_array_add(r->depends, g_strdup(text));
	r->entry = ENTRY_NONE;
}

static void read_depends(struct reader *r, char *text)
{
	if (g_str_has_prefix(text, "on") && g_ascii_isspace(text[2]))
		add_depends(r, g_strstrip(text + 2));
}

/* Keywords by what is done with the rest of their line. */
enum action {
	DO_SYMBOL, DO_OPEN, DO_CLOSE, DO_IF, DO_COMMENT, DO_DEPENDS, DO_PROMPT, DO_SELECT, DO_SOURCE,
	DO_RSOURCE, DO_HELP,
};

static const struct keyword {
	const char *word;
	enum action action;
	char scope;
} keywords[] = {
	{ "config", DO_SYMBOL, 0 },	{ "menuconfig", DO_SYMBOL, 0 },
	{ "menu", DO_OPEN, 'm' },	{ "endmenu", DO_CLOSE, 'm' },
	{ "choice", DO_OPEN, 'c' },	{ "endchoice", DO_CLOSE, 'c' },
	{ "if", DO_IF, 'i' },		{ "endif", DO_CLOSE, 'i' },
	{ "comment", DO_COMMENT, 0 },	{ "depends", DO_DEPENDS, 0 },
	{ "bool", DO_PROMPT, 0 },	{ "tristate", DO_PROMPT, 0 },
	{ "string", DO_PROMPT, 0 },	{ "int", DO_PROMPT, 0 },
	{ "hex", DO_PROMPT, 0 },	{ "prompt", DO_PROMPT, 0 },
	{ "select", DO_SELECT, 0 },	{ "source", DO_SOURCE, 0 },
	{ "osource", DO_SOURCE, 0 },	{ "rsource", DO_RSOURCE, 0 },
	{ "orsource", DO_RSOURCE, 0 },	{ "help", DO_HELP, 0 },
	{ "---help---", DO_HELP, 0 },
};

static void do_action(struct reader *r, struct file *f, const struct keyword *keyword, char *rest)
{
	switch (keyword->action) {
	case DO_SYMBOL:
		if (*rest)
			open_symbol(r, f, rest);
		break;
	case DO_OPEN:
		open_scope(r, keyword->scope);
		break;
	case DO_CLOSE:
		close_scope(r, keyword->scope);
		break;
	case DO_IF:
		read_if(r, rest);
		break;
	case DO_COMMENT:
		r->entry = ENTRY_NONE;
		break;
	case DO_DEPENDS:
		read_depends(r, rest);
		break;
	case DO_PROMPT:
		add_prompt(r, rest);
		break;
	case DO_SELECT:
		add_select(r, rest);
		break;
	case DO_SOURCE:
	case DO_RSOURCE:
		source_file(r, f, rest, keyword->action == DO_RSOURCE);
		break;
	case DO_HELP:
		skip_help(f);
		break;
	}
}

static void read_statement(struct reader *r, struct file *f, char *line)
{
	size_t length;

	strip_comment(line);
	length = strcspn(line, " \t\"");
	for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++) {
		if (strlen(keywords[i].word) == length && !strncmp(line, keywords[i].word, length)) {
			do_action(r, f, &keywords[i], g_strchug(line + length));
			return;
		}
	}
}

static void read_file(struct reader *r, const char *path)
{
	g_autofree char *full = g_build_filename(r->tree, path, NULL);
	struct file f = { .following = 1 };

	if (r->source_depth >= MAX_SOURCE_DEPTH || !g_file_get_contents(full, &f.text, NULL, NULL))
		return;
	r->source_depth++;
	f.path = g_strdup(path);
	f.next = f.text;
	for (char *line = read_line(&f); line; line = read_line(&f)) {
		read_statement(r, &f, line);
		g_free(line);
	}
	r->source_depth--;
	r->entry = ENTRY_NONE;
	g_free(f.path);
	g_free(f.text);
}

struct kconfig *kconfig_load(const char *tree, const char *srcarch, GError **error)
{
	g_autofree char *top = g_build_filename(tree, "Kconfig", NULL);
	g_autoptr(GPtrArray) depends = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GArray) scopes = g_array_new(FALSE, FALSE, sizeof(struct scope));
	struct reader r = { .tree = tree, .srcarch = srcarch, .depends = depends, .scopes = scopes };

	if (!g_file_test(top, G_FILE_TEST_IS_REGULAR)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s: no such file; a kernel source has one",
			    top);
		return NULL;
	}
	r.k = g_new0(struct kconfig, 1);
	r.k->symbols = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_symbol);
	read_file(&r, "Kconfig");
	g_free(r.name);
	return r.k;
}

void kconfig_free(struct kconfig *k)
{
	if (!k)
		return;
	g_hash_table_unref(k->symbols);
	g_free(k);
}

const struct kconfig_symbol *kconfig_find(const struct kconfig *k, const char *name)
{
	const struct kconfig_symbol *symbol = g_hash_table_lookup(k->symbols, name);

	return symbol && symbol->blocks->len ? symbol : NULL;
}

static const char *text_of(const struct expr *e, GHashTable *config)
{
	const char *text = expr_is_symbol(e) ? g_hash_table_lookup(config, e->text) : e->text;

	return text ? text : expr_is_symbol(e) ? "n" : "";
}

static enum kconfig_value value_of_text(const char *text)
{
	if (!strcmp(text, "y"))
		return KCONFIG_Y;
	return !strcmp(text, "m") ? KCONFIG_M : KCONFIG_N;
}

static enum kconfig_value compare_words(const struct expr *e, GHashTable *config)
{
	const char *left = text_of(e->left, config);
	const char *right = text_of(e->right, config);
	guint64 a, b;
	int order = strcmp(left, right);
	bool holds;

	if (e->left->kind == EXPR_MACRO || e->right->kind == EXPR_MACRO)
		return KCONFIG_UNKNOWN;
	if (g_ascii_string_to_unsigned(left, 10, 0, G_MAXUINT64, &a, NULL) &&
	    g_ascii_string_to_unsigned(right, 10, 0, G_MAXUINT64, &b, NULL))
		order = (a > b) - (a < b);
	if (e->text[0] == '!')
		holds = order != 0;
	else
		holds = (strchr(e->text, '=') && order == 0) || (e->text[0] == '<' && order < 0) ||
			(e->text[0] == '>' && order > 0);
	return holds ? KCONFIG_Y : KCONFIG_N;
}

/* Kleene's logic with three known values: an unknown matters only when the other side does not decide. */
static enum kconfig_value combine(enum expr_kind kind, enum kconfig_value a, enum kconfig_value b)
{
	enum kconfig_value decides = kind == EXPR_AND ? KCONFIG_N : KCONFIG_Y;

	if (a == decides || b == decides)
		return decides;
	if (a == KCONFIG_UNKNOWN || b == KCONFIG_UNKNOWN)
		return KCONFIG_UNKNOWN;
	return kind == EXPR_AND ? MIN(a, b) : MAX(a, b);
}

static enum kconfig_value evaluate(const struct expr *e, GHashTable *config)
{
	enum kconfig_value value;

	switch (e->kind) {
	case EXPR_MACRO:
		return KCONFIG_UNKNOWN;
	case EXPR_NOT:
		value = evaluate(e->left, config);
		return value == KCONFIG_UNKNOWN ? value : KCONFIG_Y - value;
	case EXPR_AND:
	case EXPR_OR:
		return combine(e->kind, evaluate(e->left, config), evaluate(e->right, config));
	case EXPR_COMPARE:
		return compare_words(e, config);
	case EXPR_WORD:
		break;
	}
	return value_of_text(text_of(e, config));
}

bool kconfig_evaluate(const char *expression, GHashTable *config, enum kconfig_value *ret_value)
{
	struct expr *e = expr_parse(expression);

	if (e)
		*ret_value = evaluate(e, config);
	expr_free(e);
	return e != NULL;
}

static void describe(const struct expr *e, GHashTable *config, GHashTable *seen, GString *out)
{
	const char *value;

	if (!e)
		return;
	describe(e->left, config, seen, out);
	describe(e->right, config, seen, out);
	if ((e->kind != EXPR_MACRO && !expr_is_symbol(e)) || !g_hash_table_add(seen, e->text))
		return;
	value = e->kind == EXPR_MACRO ? NULL : g_hash_table_lookup(config, e->text);
	g_string_append(out, out->len ? ", " : "");
	if (value)
		g_string_append_printf(out, "%s=%s", e->text, value);
	else
		g_string_append_printf(out, "%s is %s", e->text,
				       e->kind == EXPR_MACRO ? "for make to tell" : "not set");
}

char *kconfig_describe(const char *expression, GHashTable *config)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	struct expr *e = expr_parse(expression);
	GString *out = g_string_new(NULL);

	describe(e, config, seen, out);
	expr_free(e);
	return g_string_free(out, FALSE);
}

/* One line per part of the conjunction @e that is below @wanted. */
static guint explain_unmet(const struct expr *e, enum kconfig_value wanted, GHashTable *config, GString *out)
{
	g_autofree char *text = NULL;
	g_autofree char *values = NULL;

	if (e->kind == EXPR_AND)
		return explain_unmet(e->left, wanted, config, out) +
		       explain_unmet(e->right, wanted, config, out);
	if (evaluate(e, config) >= wanted)
		return 0;
	text = expr_print(e);
	values = kconfig_describe(text, config);
	g_string_append_printf(out, "    needs %s (%s)\n", text, values);
	return 1;
}

static void explain_block(const struct kconfig_block *block, enum kconfig_value wanted, GHashTable *config,
			  GString *out)
{
	guint unmet = 0;

	g_string_append_printf(out, "  defined at %s:%u\n", block->file, block->line);
	for (guint i = 0; i < block->depends->len; i++) {
		struct expr *e = expr_parse(block->depends->pdata[i]);

		unmet += e ? explain_unmet(e, wanted, config, out) : 0;
		expr_free(e);
	}
	if (!block->prompt)
		g_string_append(out, "    has no prompt there: only a select or a default can set it\n");
	else if (!unmet)
		g_string_append(out, "    its dependencies hold: a choice, a range or a select decides it\n");
}

static void explain_selects(const struct kconfig_symbol *symbol, GHashTable *config, GString *out)
{
	for (guint i = 0; i < symbol->selects->len; i++) {
		const struct kconfig_select *select = symbol->selects->pdata[i];
		const char *value = g_hash_table_lookup(config, select->selector);

		if (value)
			g_string_append_printf(out, "    selected by %s=%s%s%s\n", select->selector, value,
					       select->condition ? " if " : "",
					       select->condition ? select->condition : "");
	}
}

char *kconfig_explain(const struct kconfig *k, const char *name, const char *wanted, GHashTable *config)
{
	const struct kconfig_symbol *symbol = kconfig_find(k, name);
	enum kconfig_value level =
		!strcmp(wanted, "n") || !strcmp(wanted, "m") ? value_of_text(wanted) : KCONFIG_Y;
	GString *out = g_string_new(NULL);

	if (!symbol)
		g_string_append(out, "  no Kconfig file of this source defines it\n");
	for (guint i = 0; symbol && i < symbol->blocks->len; i++)
		explain_block(symbol->blocks->pdata[i], level, config, out);
	if (symbol)
		explain_selects(symbol, config, out);
	return g_string_free(out, FALSE);
}

GHashTable *kconfig_parse_dot_config(const char *text)
{
	GHashTable *config = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		char *value = strchr(*line, '=');

		if (!value || !g_str_has_prefix(*line, "CONFIG_"))
			continue;
		*value++ = '\0';
		g_hash_table_insert(config, g_strdup(*line + strlen("CONFIG_")), g_strdup(value));
	}
	return config;
}
