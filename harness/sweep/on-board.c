// SPDX-License-Identifier: GPL-2.0-only
#include "on-board.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "runners/board/facts.h"

/* More workers than this per CPU measure the scheduler; see plan-check.c. */
#define THREADS_PER_CPU_MAX 4

static bool check_threads(const struct plan *p, GPtrArray *rows, const struct board *b, unsigned int cpus,
			  GError **error)
{
	for (guint i = 0; i < rows->len; i++) {
		const struct plan_row *row = rows->pdata[i];

		if (row->threads <= cpus * THREADS_PER_CPU_MAX)
			continue;
		g_set_error(
			error, BENCH_ERROR, BENCH_ERROR_USAGE,
			"%s: the cell %s has %u threads, and the board %s %u CPUs; expected %u threads at most "
			"(%d for each CPU: more measure the scheduler)",
			p->path, row->name, row->threads, b->name, cpus, cpus * THREADS_PER_CPU_MAX,
			THREADS_PER_CPU_MAX);
		return false;
	}
	return true;
}

static bool check_good(const struct board *b, const struct facts *f, GError **error)
{
	if (!f->token)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA,
		    "board %s: it runs a kernel under test that an earlier run left there (%s); go on with "
		    "that run, or reboot the board, and then begin this one",
		    b->name, f->release);
	return false;
}

static json_t *describe(const struct board *b, const struct facts *f)
{
	return json_pack("{s:s, s:s, s:s, s:s?, s:s, s:s, s:i, s:I, s:{s:s, s:s, s:s?, s:s}}", "path", b->path,
			 "text", b->text, "name", b->name, "class", b->class, "arch", b->arch, "base_cmdline",
			 b->boot.base_cmdline, "cpus", (int)f->cpus, "memory_kib", (json_int_t)f->memory_kib,
			 "good", "release", f->release, "version", f->version, "build_id", f->build_id,
			 "cmdline", f->cmdline);
}

json_t *on_board_describe(const struct plan *p, GPtrArray *rows, GError **error)
{
	struct board *b = board_load(p->machine.board, error);
	g_autoptr(hold) h = b ? hold_new(b, "a run that begins", error) : NULL;
	g_auto(facts) f = { 0 };
	enum ssh_end end;

	if (!h || !facts_read(b, b->timeouts.connect_s, &f, &end, error) || !check_good(b, &f, error) ||
	    !check_threads(p, rows, b, f.cpus, error))
		return NULL;
	return describe(b, &f);
}

static struct hold *hold_for(struct board *b, const json_t *described, const char *dir, GError **error)
{
	struct hold *h = hold_new(b, dir, error);

	if (h)
		h->build_id = g_strdup(json_text(json_object_get(described, "good"), "build_id"));
	return h;
}

/* The key of what is measured on another board than @was, NULL when it is the same. */
static const char *find_change(const struct board *was, const struct board *is)
{
	const struct {
		const char *key, *was, *is;
	} words[] = {
		{ "name", was->name, is->name },
		{ "class", was->class, is->class },
		{ "arch", was->arch, is->arch },
		{ "boot.method", was->boot.method, is->boot.method },
		{ "boot.dtb", was->boot.dtb, is->boot.dtb },
		{ "boot.initrd", was->boot.initrd, is->boot.initrd },
		{ "boot.base_cmdline", was->boot.base_cmdline, is->boot.base_cmdline },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_strcmp0(words[i].was, words[i].is))
			return words[i].key;
	}
	return was->boot.watchdog_s == is->boot.watchdog_s ? NULL : "boot.watchdog_s";
}

struct hold *on_board_open(const json_t *described, const char *dir, GError **error)
{
	const char *path = json_text(described, "path"), *text = json_text(described, "text"), *change;
	g_autoptr(board) was = path && text ? board_parse(text, path, error) : NULL;
	g_autoptr(board) is = was ? board_load(path, error) : NULL;

	if (!path || !text)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "the run's manifest has a board without its file");
	if (!is)
		return NULL;
	change = find_change(was, is);
	if (!change)
		return hold_for(g_steal_pointer(&is), described, dir, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s: %s is not what it was when the run began; begin a new run", path, change);
	return NULL;
}
