// SPDX-License-Identifier: GPL-2.0-only
#include "sqlite.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "relation.h"

/* clang-format off */
/* The middle value of each group of @of, by @by and @value: SQLite has no median(). */
#define MEDIAN(by, more, value, of) \
	"SELECT " by more ", avg(" value ") AS figure FROM (" \
	"SELECT *, row_number() OVER (PARTITION BY " by " ORDER BY " value ") AS rank, " \
	"count(*) OVER (PARTITION BY " by ") AS n FROM " of ") " \
	"WHERE rank IN ((n + 1) / 2, (n + 2) / 2) GROUP BY " by ";"

/*
 * A load's figure is its median worker's. A boot's is the median of its loads; with subtract_setup less that of
 * its loads with one loop, for each loop, in thousandths of the unit. An arm's is the median of its boots.
 */
static const char views[] =
	"CREATE VIEW load_figure AS "
	MEDIAN("run, boot, cell, kind, load", "", "value", "worker")
	"CREATE VIEW kind_figure AS "
	MEDIAN("run, boot, cell, kind", "", "figure",
	       "load_figure JOIN load USING (run, boot, cell, kind, load) WHERE counts")
	"CREATE VIEW boot_figure AS "
	"SELECT run, arm, cell, block, boot, CASE WHEN subtract_setup "
	"THEN (timed.figure - setup.figure) * 1000.0 / (loops - 1) ELSE timed.figure END AS figure "
	"FROM kind_figure AS timed "
	"JOIN boot USING (run, boot) JOIN cell USING (run, cell) JOIN run USING (run) "
	"LEFT JOIN (SELECT * FROM kind_figure WHERE kind = 'setup') AS setup USING (run, boot, cell) "
	"WHERE timed.kind = 'timed';"
	"CREATE VIEW arm_figure AS "
	MEDIAN("run, arm, cell", ", max(n) AS boots", "figure", "boot_figure");
/* clang-format on */

struct database {
	sqlite3 *db;
	sqlite3_stmt *insert;
	const char *path; /* as it will be called */
};

static bool refuse(const struct database *d, const char *doing, GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "%s: cannot %s: %s", d->path, doing,
		    sqlite3_errmsg(d->db));
	return false;
}

static bool execute(const struct database *d, const char *sql, GError **error)
{
	return sqlite3_exec(d->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
	       refuse(d, "write the database", error);
}

static void append_columns(GString *sql, const struct relation *relation)
{
	static const char *const types[] = {
		[RELATION_TEXT] = "TEXT",
		[RELATION_INTEGER] = "INTEGER",
		[RELATION_REAL] = "REAL",
	};

	for (unsigned int i = 0; i < relation->columns_count; i++) {
		const struct relation_column *column = &relation->columns[i];

		g_string_append_printf(sql, "%s %s%s, ", column->name, types[column->type],
				       column->optional ? "" : " NOT NULL");
	}
}

static bool create(const struct database *d, const struct relation *relation, GError **error)
{
	g_autoptr(GString) sql = g_string_new(NULL);

	g_string_append_printf(sql, "CREATE TABLE %s (", relation->name);
	append_columns(sql, relation);
	g_string_append_printf(sql, "%s) STRICT", relation->keys);
	return execute(d, sql->str, error);
}

static int bind(sqlite3_stmt *insert, int place, enum relation_type type, const struct relation_value *value)
{
	if (!value->known)
		return sqlite3_bind_null(insert, place);
	if (type == RELATION_TEXT)
		return sqlite3_bind_text(insert, place, value->text, -1, SQLITE_STATIC);
	if (type == RELATION_REAL)
		return sqlite3_bind_double(insert, place, value->real);
	return sqlite3_bind_int64(insert, place, value->integer);
}

static bool add_row(struct relation_rows *rows, GError **error)
{
	const struct database *d = rows->writer;
	bool done = true;

	for (unsigned int i = 0; i < rows->relation->columns_count; i++)
		done = done && bind(d->insert, (int)i + 1, rows->relation->columns[i].type, &rows->values[i]) ==
				       SQLITE_OK;
	done = done && sqlite3_step(d->insert) == SQLITE_DONE;
	if (!done) {
		g_autofree char *doing = g_strdup_printf("add a row to %s", rows->relation->name);

		refuse(d, doing, error);
	}
	sqlite3_reset(d->insert);
	return done;
}

static bool prepare_insert(struct database *d, const struct relation *relation, GError **error)
{
	g_autoptr(GString) sql = g_string_new(NULL);

	g_string_append_printf(sql, "INSERT INTO %s VALUES (", relation->name);
	for (unsigned int i = 0; i < relation->columns_count; i++)
		g_string_append(sql, i ? ", ?" : "?");
	g_string_append_c(sql, ')');
	return sqlite3_prepare_v2(d->db, sql->str, -1, &d->insert, NULL) == SQLITE_OK ||
	       refuse(d, "write the database", error);
}

static bool fill(struct database *d, const struct relation *relation, const struct source_list *sources,
		 GError **error)
{
	struct relation_rows rows = { .relation = relation, .add = add_row, .writer = d };

	if (!create(d, relation, error) || !prepare_insert(d, relation, error))
		return false;
	for (guint i = 0; i < sources->list->len && !rows.error; i++) {
		relation->fill(sources->list->pdata[i], &rows);
	}
	sqlite3_finalize(d->insert);
	if (rows.error)
		g_propagate_error(error, rows.error);
	return !rows.error;
}

static bool write_tables(struct database *d, const struct source_list *sources, GError **error)
{
	g_autofree char *version = g_strdup_printf("PRAGMA user_version = %d", SQLITE_SCHEMA_VERSION);

	/* The file is another until it is whole: what a crash leaves is thrown away. */
	if (!execute(d, "PRAGMA journal_mode = OFF; PRAGMA foreign_keys = ON; BEGIN", error))
		return false;
	for (size_t i = 0; relations[i]; i++) {
		if (relations[i]->keys && !fill(d, relations[i], sources, error))
			return false;
	}
	return execute(d, views, error) && execute(d, version, error) && execute(d, "COMMIT", error);
}

static bool write_database(const char *temporary, const char *path, const struct source_list *sources,
			   GError **error)
{
	struct database d = { .path = path };
	bool written;

	written = sqlite3_open(temporary, &d.db) == SQLITE_OK ? write_tables(&d, sources, error) :
								refuse(&d, "open the database", error);
	sqlite3_close(d.db);
	return written;
}

static bool set_file_error(const char *path, GError **error)
{
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_INFRA, "cannot write %s: %s", path, g_strerror(errno));
	return false;
}

/* A file that others may read, as any program makes it. */
static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

bool sqlite_write(const struct source_list *sources, const char *path, GError **error)
{
	g_autofree char *temporary = g_strconcat(path, ".XXXXXX", NULL);
	int fd = g_mkstemp(temporary);
	bool written;

	if (fd < 0)
		return set_file_error(path, error);
	fchmod(fd, usual_mode());
	close(fd);
	written = write_database(temporary, path, sources, error) &&
		  (g_rename(temporary, path) == 0 || set_file_error(path, error));
	if (!written)
		g_unlink(temporary);
	return written;
}
