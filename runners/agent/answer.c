// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/answer.h"

#include "runners/agent/clock.h"
#include "runners/agent/port.h"
#include "runners/wire.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Longest text of a record that comes from the kernel. */
#define TEXT_MAX 1000

/* Takes the reference. */
static void send_record(int fd, json_t *record)
{
	char *line = json_dumps(record, JSON_COMPACT);
	bool sent = false;

	json_decref(record);
	if (line) {
		size_t length = strlen(line);

		line[length] = '\n';	/* one write, so that the host never sees half a line for long */
		sent = port_write(fd, line, length + 1);
		free(line);
	}
	if (!sent)
		answer_lost();
}

static json_t *new_record(const char *type)
{
	json_t *record = json_object();

	json_object_set_new(record, "t", json_string(type));
	return record;
}

static json_t *new_load_record(const char *type, const struct request *rq)
{
	json_t *record = new_record(type);

	json_object_set_new(record, "cell", rq && rq->cell ? json_string(rq->cell) : json_null());
	json_object_set_new(record, "load", rq && rq->cell ? json_integer(rq->load) : json_null());
	return record;
}

/* Everything but printable ASCII becomes '?': the text must be JSON whatever a broken kernel logs. */
static json_t *plain_string(const char *text, size_t length)
{
	char plain[TEXT_MAX];
	size_t i;

	if (length > sizeof(plain))
		length = sizeof(plain);
	for (i = 0; i < length; i++)
		plain[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	return json_stringn(plain, length);
}

static json_t *taint_value(int64_t taint)
{
	return taint < 0 ? json_null() : json_integer(taint);
}

/* The first line of a file, or null. */
static json_t *file_value(const char *path)
{
	char line[4096];
	FILE *file = fopen(path, "re");
	json_t *value = NULL;

	if (file && fgets(line, sizeof(line), file))
		value = plain_string(line, strcspn(line, "\n"));
	if (file)
		fclose(file);
	return value ? value : json_null();
}

void answer_hello(int fd, int64_t taint)
{
	json_t *record = new_record("hello");
	struct sysinfo memory = { 0 };
	struct utsname name = { 0 };

	uname(&name);
	sysinfo(&memory);
	json_object_set_new(record, "v", json_integer(WIRE_VERSION));
	json_object_set_new(record, "release", json_string(name.release));
	json_object_set_new(record, "version", json_string(name.version));
	json_object_set_new(record, "cmdline", file_value("/proc/cmdline"));
	json_object_set_new(record, "boot_id", file_value("/proc/sys/kernel/random/boot_id"));
	json_object_set_new(record, "btf", json_boolean(access("/sys/kernel/btf/vmlinux", R_OK) == 0));
	json_object_set_new(record, "taint", taint_value(taint));
	json_object_set_new(record, "clocksource", file_value(CLOCK_SOURCE_PATH));
	json_object_set_new(record, "cpus_online", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
	json_object_set_new(record, "cpus_possible", json_integer(sysconf(_SC_NPROCESSORS_CONF)));
	json_object_set_new(record, "memory_kib",
			    json_integer((json_int_t)((uint64_t)memory.totalram * memory.mem_unit / 1024)));
	send_record(fd, record);
}

void answer_tick(int fd)
{
	send_record(fd, new_record("tick"));
}

void answer_load(int fd, const struct request *rq, const struct load_result *result)
{
	json_t *record = new_load_record("load", rq);
	json_t *workers = json_array();
	uint32_t i;

	for (i = 0; i < rq->workers; i++)
		json_array_append_new(workers, json_integer((json_int_t)result->workers_us[i]));
	json_object_set_new(record, "workers_us", workers);
	json_object_set_new(record, "wall_us", json_integer((json_int_t)result->wall_us));
	json_object_set_new(record, "taint", taint_value(result->taint));
	json_object_set_new(record, "clocksource", file_value(CLOCK_SOURCE_PATH));
	if (result->probe)
		json_object_set_new(record, "probe", json_string(result->probe));
	send_record(fd, record);
}

void answer_set(int fd, json_t *record)
{
	send_record(fd, record);
}

void answer_collected(int fd, const struct request *rq, json_t *records)
{
	json_t *record;
	size_t i;

	json_array_foreach(records, i, record) {
		json_t *placed = new_load_record(json_string_value(json_object_get(record, "t")), rq);

		json_object_update_missing(placed, record);
		send_record(fd, placed);
	}
	json_decref(records);
}

void answer_splat(int fd, const struct request *rq, const struct gate_hit *hit, int64_t taint)
{
	json_t *record = new_load_record("splat", rq);

	json_object_set_new(record, "kind", json_string(hit->kind));
	json_object_set_new(record, "text", plain_string(hit->text, hit->length));
	json_object_set_new(record, "taint", taint_value(taint));
	send_record(fd, record);
}

void answer_error(int fd, const struct request *rq, const char *why)
{
	json_t *record = new_load_record("error", rq);

	json_object_set_new(record, "why", plain_string(why, strlen(why)));
	send_record(fd, record);
}

void answer_bye(int fd)
{
	send_record(fd, new_record("bye"));
}
