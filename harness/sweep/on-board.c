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
		    "board %s: it runs a kernel under test that an earlier run left there (%s); reboot it, and "
		    "begin "
		    "the run again",
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

struct hold *on_board_open(const json_t *described, const char *dir, GError **error)
{
	const char *path = json_text(described, "path");
	g_autoptr(board) b = path ? board_load(path, error) : NULL;

	if (!path)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
			    "the run's manifest has a board without the path of its file");
	if (!b)
		return NULL;
	if (!g_strcmp0(json_text(described, "name"), b->name) &&
	    !g_strcmp0(json_text(described, "arch"), b->arch) &&
	    !g_strcmp0(json_text(described, "base_cmdline"), b->boot.base_cmdline))
		return hold_new(g_steal_pointer(&b), dir, error);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		    "%s: the run was begun on another board, or with another base_cmdline, than this file has; "
		    "begin "
		    "a new run",
		    path);
	return NULL;
}
