// SPDX-License-Identifier: GPL-2.0-only
#include "session.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/json.h"
#include "base/units.h"
#include "console.h"
#include "lines.h"
#include "session-steps.h"
#include "wire.h"

#define TICK_MS 1000
/* A kernel that was told to power off has this long. */
#define SHUTDOWN_S 15
/* A target whose channel closed has this long to say why. */
#define LAST_WORDS_MS 5000
#define NO_WORDS_MS 1
/* More functions and locks than any load is watched by. */
#define COLLECTED_MAX 1024

struct session {
	const struct session_spec *spec;
	struct session_end *end;
	struct target *target;
	struct lines lines;
	bool counted;
	bool ticking;		/* a load runs and its guest gives signs of life */
	gint64 last_byte_us;
	GError **error;		/* of on_record */
};

/* What waiting for a record brought. */
enum arrival {
	ARRIVAL_RECORD,
	ARRIVAL_CLOSED,
	ARRIVAL_LATE,
	ARRIVAL_SILENT,
	ARRIVAL_NONSENSE,
	ARRIVAL_INTERRUPTED,
};

static double seconds_since(gint64 start_us)
{
	return (double)(g_get_monotonic_time() - start_us) / G_USEC_PER_SEC;
}

static bool finish(struct session *s, enum session_class class, const char *format, ...) G_GNUC_PRINTF(3, 4);
static bool finish(struct session *s, enum session_class class, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	s->end->class = class;
	s->end->why = g_strdup_vprintf(format, args);
	va_end(args);
	return false;
}

static void read_channel(struct session *s, bool *ret_closed)
{
	char buffer[65536];
	ssize_t got = recv(s->target->channel_fd, buffer, sizeof(buffer), 0);

	if (got > 0) {
		lines_feed(&s->lines, buffer, got);
		s->last_byte_us = g_get_monotonic_time();
	}
	*ret_closed = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

/* Waits until something can be read, the user interrupts, or @until_us; false when interrupted. */
static bool wait_readable(struct session *s, gint64 until_us)
{
	GPollFD fds[] = {
		{ .fd = s->target->channel_fd, .events = G_IO_IN },
		{ .fd = interrupt_fd(), .events = G_IO_IN },
	};
	gint64 left_ms = (until_us - g_get_monotonic_time()) / 1000 + 1;

	g_poll(fds, interrupt_fd() >= 0 ? 2 : 1, CLAMP(left_ms, 0, G_MAXINT));
	return !interrupt_pending();
}

static gint64 silence_deadline(const struct session *s)
{
	return s->ticking ? s->last_byte_us + s->spec->limits.silence_s * G_USEC_PER_SEC : G_MAXINT64;
}

static enum arrival parse_line(char *line, struct record *ret_record, char **ret_nonsense)
{
	g_autoptr(GError) reason = NULL;

	if (record_parse(line, ret_record, &reason))
		return ARRIVAL_RECORD;
	*ret_nonsense = g_strdup(reason->message);
	return ARRIVAL_NONSENSE;
}

/* The next record that is not a tick. @ret_nonsense: see parse_line(). */
static enum arrival wait_record(struct session *s, gint64 deadline_us, struct record *ret_record,
				char **ret_nonsense)
{
	bool closed = false;

	for (;;) {
		g_autofree char *line = lines_next(&s->lines);

		if (line) {
			enum arrival arrival = parse_line(line, ret_record, ret_nonsense);

			if (arrival != ARRIVAL_RECORD || ret_record->kind != RECORD_TICK)
				return arrival;
			record_clear(ret_record);
			continue;
		}
		if (lines_overflowed(&s->lines)) {
			*ret_nonsense = g_strdup_printf("it sent a line of more than %d bytes", WIRE_LINE_MAX);
			return ARRIVAL_NONSENSE;
		}
		if (closed)
			return ARRIVAL_CLOSED;
		if (g_get_monotonic_time() >= deadline_us)
			return ARRIVAL_LATE;
		if (g_get_monotonic_time() >= silence_deadline(s))
			return ARRIVAL_SILENT;
		if (!wait_readable(s, MIN(deadline_us, silence_deadline(s))))
			return ARRIVAL_INTERRUPTED;
		read_channel(s, &closed);
	}
}

/* A dead kernel's first splat, into the journal through the same door as a living one's. */
static bool record_console_splat(struct session *s, const char *cell, char **ret_text)
{
	const char *kind = NULL;
	g_autofree char *text = console_first_splat(s->spec->boot->console_path, &kind);
	struct record record = { .kind = RECORD_SPLAT };
	bool kept;

	if (!text)
		return true;
	record.json = json_pack("{s:s, s:s?, s:n, s:s, s:s}", "t", "splat", "cell", cell, "load", "kind", kind,
				"text", text);
	kept = s->spec->on_record(&record, s->spec->data, s->error);
	record_clear(&record);
	*ret_text = g_steal_pointer(&text);
	return kept;
}

/* The target has ended, and @why says how; takes it. */
static bool finish_ended(struct session *s, const char *cell, enum runner_end end, char *why)
{
	static const struct {
		enum runner_end end;
		enum session_class class;
	} meanings[] = {
		{ RUNNER_PANIC, SESSION_KERNEL },   { RUNNER_RESET, SESSION_KERNEL },
		{ RUNNER_POWEROFF, SESSION_INFRA }, { RUNNER_KILLED, SESSION_INFRA },
		{ RUNNER_BROKEN, SESSION_INFRA },   { RUNNER_RUNNING, SESSION_INFRA },
		{ RUNNER_REFUSED, SESSION_REFUSED },
	};
	g_autofree char *owned = why;
	g_autofree char *splat = NULL;
	size_t i = 0;

	while (meanings[i].end != end)
		i++;
	if (meanings[i].class == SESSION_KERNEL && !record_console_splat(s, cell, &splat))
		return false;
	return finish(s, meanings[i].class, "%s%s%s%s%s", why ? why : "the agent closed its channel",
		      cell ? " during " : " outside of its loads", cell ? cell : "", splat ? ": " : "",
		      splat ? splat : "");
}

/* The channel is closed: the target has ended or is about to. */
static bool finish_closed(struct session *s, const char *cell)
{
	char *why = NULL;
	enum runner_end end = s->spec->runner->end(s->target, LAST_WORDS_MS, &why);

	return finish_ended(s, cell, end, why);
}

/* Whether a target from which nothing comes any more has ended without closing its channel. */
static bool has_ended(struct session *s, enum runner_end *ret_end, char **ret_why)
{
	*ret_end = s->spec->runner->end(s->target, NO_WORDS_MS, ret_why);
	return *ret_end != RUNNER_RUNNING;
}

static bool finish_hung(struct session *s, enum session_class class, const char *cell, const char *what)
{
	g_autofree char *splat = NULL;
	g_autofree char *last = NULL;

	if (!record_console_splat(s, cell, &splat))
		return false;
	if (splat)
		return finish(s, SESSION_KERNEL, "%s; its log says: %s", what, splat);
	last = console_last_line(s->spec->boot->console_path);
	return finish(s, class, "%s; the last line on its console: %s", what, last ? last : "(none)");
}

/* @arrival was not a record: ends the session. @cell is NULL before the first load. */
static bool finish_without_record(struct session *s, enum arrival arrival, const char *cell,
				  unsigned int limit_s, const char *nonsense)
{
	g_autofree char *limit = units_format_duration(limit_s);
	g_autofree char *silence = units_format_duration(s->spec->limits.silence_s);
	g_autofree char *what = NULL;
	enum runner_end end;
	char *why = NULL;

	if ((arrival == ARRIVAL_SILENT || arrival == ARRIVAL_LATE) && has_ended(s, &end, &why))
		return finish_ended(s, cell, end, why);
	switch (arrival) {
	case ARRIVAL_CLOSED:
		return finish_closed(s, cell);
	case ARRIVAL_INTERRUPTED:
		return finish(s, SESSION_INTERRUPTED, "interrupted");
	case ARRIVAL_NONSENSE:
		return finish(s, SESSION_KERNEL, "the agent's channel cannot be trusted: %s", nonsense);
	case ARRIVAL_SILENT:
		what = g_strdup_printf("the kernel hangs: no sign of life for %s during %s", silence, cell);
		return finish_hung(s, SESSION_KERNEL, cell, what);
	default:
		what = g_strdup_printf("%s did not end within %s (limits.load_s)%s", cell, limit,
				       s->counted ? "" : ", while the kernel is alive");
		return finish_hung(s, SESSION_TEST, cell, what);
	}
}

/* No hello in time. A kernel that printed nothing may never have been reached. */
static bool finish_not_up(struct session *s)
{
	g_autofree char *limit = units_format_duration(s->spec->limits.boot_s);
	g_autofree char *last = console_last_line(s->spec->boot->console_path);
	g_autofree char *what = g_strdup_printf("no agent within %s of the start (limits.boot_s)", limit);
	enum runner_end end;
	char *why = NULL;

	if (has_ended(s, &end, &why))
		return finish_ended(s, NULL, end, why);
	if (!last && s->spec->boot->hold)
		return finish(s, SESSION_INFRA, "%s, though it was started and its board answers", what);
	if (!last)
		return finish(s, SESSION_INFRA,
			      "%s, and nothing on the console: the machine did not reach the kernel", what);
	return finish_hung(s, SESSION_KERNEL, NULL, what);
}

static bool keep(struct session *s, const struct record *record)
{
	return s->spec->on_record(record, s->spec->data, s->error);
}

/* The first record; ours when the agent is not the one that this program was built with. */
static bool take_hello(struct session *s, struct record *record)
{
	const char *done;

	if (record->kind != RECORD_HELLO)
		return finish(s, SESSION_KERNEL, "the agent did not begin with a hello");
	if (json_count(record->json, "v", 0) != WIRE_VERSION)
		return finish(s, SESSION_INFRA,
			      "the agent speaks another version of the protocol: build it anew (make all)");
	done = s->spec->runner->up(s->target);
	json_object_del(record->json, "v");
	json_object_set_new(record->json, "host", done ? json_string(done) : json_null());
	return keep(s, record);
}

static bool wait_hello(struct session *s, gint64 start_us)
{
	/* Of a board start() has waited for the kernel itself. */
	gint64 deadline_us = g_get_monotonic_time() + s->spec->limits.boot_s * G_USEC_PER_SEC;
	g_autofree char *nonsense = NULL;
	struct record record;
	enum arrival arrival;
	bool ok;

	arrival = wait_record(s, deadline_us, &record, &nonsense);
	if (arrival == ARRIVAL_LATE)
		return finish_not_up(s);
	if (arrival != ARRIVAL_RECORD)
		return finish_without_record(s, arrival, NULL, s->spec->limits.boot_s, nonsense);
	s->end->boot_s = seconds_since(start_us);
	ok = take_hello(s, &record);
	record_clear(&record);
	return ok;
}

static void send_request(struct session *s, json_t *request)
{
	g_autofree char *text = json_line(request);
	g_autofree char *line = g_strconcat(text, "\n", NULL);

	/* A request is far smaller than the socket's buffer; when the other side is gone, reading says so. */
	send(s->target->channel_fd, line, strlen(line), MSG_NOSIGNAL);
	json_decref(request);
}

static bool is_asked_for(const struct record *record, const struct session_step *step)
{
	return !step->sets_probe && !step->sampling &&
	       !g_strcmp0(json_text(record->json, "cell"), step->cell->name) &&
	       json_count(record->json, "load", -1) == (gint64)step->load;
}

static bool take_load(struct session *s, const struct record *record, const struct session_step *step)
{
	if (is_asked_for(record, step) && !g_strcmp0(json_text(record->json, "probe"), step->probe) &&
	    json_array_size(json_object_get(record->json, "workers_us")) == step->cell->workers)
		return keep(s, record);
	return finish(s, SESSION_KERNEL, "the agent answered to another load than %s %u", step->cell->name,
		      step->load);
}

static bool take_splat(struct session *s, const struct record *record)
{
	if (!keep(s, record))
		return false;
	return finish(s, SESSION_KERNEL, "%s: %s", json_text(record->json, "kind"),
		      json_text(record->json, "text"));
}

static bool finish_out_of_turn(struct session *s, const struct session_step *step)
{
	return finish(s, SESSION_KERNEL, "the agent spoke out of turn during %s", step->cell->name);
}

static bool take_trace(struct session *s, const struct record *record, const struct session_step *step)
{
	if (step->sets_probe && !g_strcmp0(json_text(record->json, "state"), step->probe))
		return keep(s, record);
	return finish_out_of_turn(s, step);
}

/* A sampler that counts something else than it was asked for is none. */
static bool take_sampler(struct session *s, const struct record *record, const struct session_step *step)
{
	const char *event = json_text(record->json, "event");

	if (step->sampling && json_count(record->json, "hz", -1) == (gint64)step->sampling->hz &&
	    (!step->sampling->event || !g_strcmp0(event, step->sampling->event)))
		return keep(s, record);
	return finish_out_of_turn(s, step);
}

/* What the load says of itself is asked for by its cell, what others saw of it by the probe or the sampler. */
static bool is_watched(const struct session *s, const struct record *record,
		       const struct session_step *step)
{
	bool same_probe = !g_strcmp0(json_text(record->json, "probe"), step->probe);

	if (record->kind == RECORD_CALLS)
		return step->cell->latency && same_probe;
	if (record->kind == RECORD_MEMORY)
		return step->cell->memory && same_probe;
	if (record->kind == RECORD_SAMPLES)
		return s->spec->sampling;
	return !g_strcmp0(step->probe, "attached");
}

/* What take_collected() keeps a record by. Caller frees. */
static char *collected_name(enum record_kind kind, const char *of)
{
	return g_strdup_printf("%d %s", kind, of ? of : "");
}

/* One of the records that stand before the load record of a load that was watched. @names: what came so far. */
static bool take_collected(struct session *s, const struct record *record, const struct session_step *step,
			   GHashTable *names)
{
	const char *function = json_text(record->json, "function"), *lock = json_text(record->json, "lock");
	const char *call = json_text(record->json, "call"), *of = function ? function : lock ? lock : call;
	char *name = collected_name(record->kind, of);

	if (!is_asked_for(record, step) || !is_watched(s, record, step)) {
		g_free(name);
		return finish_out_of_turn(s, step);
	}
	if (g_hash_table_add(names, name) && g_hash_table_size(names) <= COLLECTED_MAX)
		return keep(s, record);
	return finish(s, SESSION_KERNEL,
		      "the agent sent too many records, or one twice, of what was collected during %s",
		      step->cell->name);
}

/* A load that is to say what its areas cost, and has not. @names: what came before it. */
static bool lacks_memory(const struct session_step *step, GHashTable *names)
{
	g_autofree char *name = collected_name(RECORD_MEMORY, NULL);

	return step->cell->memory && !g_hash_table_contains(names, name);
}

static bool lacks_samples(const struct session *s, GHashTable *names)
{
	g_autofree char *name = collected_name(RECORD_SAMPLES, NULL);

	return s->spec->sampling && !g_hash_table_contains(names, name);
}

/* What the agent answered to the request of @step. *ret_more: the answer goes on. */
static bool take_answer(struct session *s, const struct record *record, const struct session_step *step,
			GHashTable *names, bool *ret_more)
{
	*ret_more = false;
	switch (record->kind) {
	case RECORD_LOAD:
		if (lacks_memory(step, names))
			return finish(s, SESSION_KERNEL, "the agent did not say what the areas of %s cost",
				      step->cell->name);
		if (lacks_samples(s, names))
			return finish_out_of_turn(s, step);
		return take_load(s, record, step);
	case RECORD_TRACE:
		return take_trace(s, record, step);
	case RECORD_SAMPLER:
		return take_sampler(s, record, step);
	case RECORD_HIST:
	case RECORD_LOCK:
	case RECORD_CALLS:
	case RECORD_MEMORY:
	case RECORD_EVENTS:
	case RECORD_SAMPLES:
		*ret_more = true;
		return take_collected(s, record, step, names);
	case RECORD_SPLAT:
		return take_splat(s, record);
	case RECORD_ERROR:
		return finish(s, SESSION_TEST, "%s: %s", step->cell->name, json_text(record->json, "why"));
	default:
		return finish_out_of_turn(s, step);
	}
}

static bool wait_answer(struct session *s, const struct session_step *step, gint64 deadline_us)
{
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	bool ok, more;

	do {
		g_autofree char *nonsense = NULL;
		struct record record;
		enum arrival arrival = wait_record(s, deadline_us, &record, &nonsense);

		if (arrival != ARRIVAL_RECORD)
			return finish_without_record(s, arrival, step->cell->name, s->spec->limits.load_s,
						     nonsense);
		ok = take_answer(s, &record, step, names, &more);
		record_clear(&record);
	} while (ok && more);
	return ok;
}

/* Whoever reads of a failure must know that it is not of a timed load. */
static void say_traced(struct session *s, const struct session_step *step)
{
	g_autofree char *why = s->end->why;

	if (why)
		s->end->why = g_strdup_printf("tracing pass, probe %s: %s", step->probe, why);
}

static bool run_step(struct session *s, const struct session_step *step)
{
	gint64 start_us = g_get_monotonic_time();
	bool ok;

	s->last_byte_us = start_us;
	s->ticking = !s->counted && !step->sets_probe && !step->sampling;
	s->end->cell = step->cell->name;
	if (!s->counted)
		send_request(s, session_step_request(step, s->spec->trace, TICK_MS));
	ok = wait_answer(s, step, start_us + s->spec->limits.load_s * G_USEC_PER_SEC);
	s->ticking = false;
	s->end->loads_s += seconds_since(start_us);
	if (!ok && step->probe)
		say_traced(s, step);
	return ok;
}

static bool run_steps(struct session *s)
{
	g_autoptr(GArray) steps =
		session_steps_new(s->spec->cells, s->spec->cells_count, s->spec->trace, s->spec->sampling);

	for (guint i = 0; i < steps->len; i++) {
		if (!run_step(s, &g_array_index(steps, struct session_step, i)))
			return false;
	}
	s->end->cell = NULL;
	return true;
}

/* Reads what still comes after the bye, up to the end of the channel; a splat may be among it. False when the
 * session has ended here. */
static bool drain_records(struct session *s)
{
	gint64 deadline_us = g_get_monotonic_time() + SHUTDOWN_S * G_USEC_PER_SEC;
	g_autofree char *nonsense = NULL;
	struct record record;
	enum arrival arrival;
	bool ok = true;

	do {
		arrival = wait_record(s, deadline_us, &record, &nonsense);
		if (arrival != ARRIVAL_RECORD)
			break;
		if (record.kind == RECORD_SPLAT)
			ok = take_splat(s, &record);
		else if (record.kind == RECORD_ERROR)
			ok = finish(s, SESSION_TEST, "%s", json_text(record.json, "why"));
		record_clear(&record);
	} while (ok);
	if (arrival == ARRIVAL_INTERRUPTED || arrival == ARRIVAL_NONSENSE)
		return finish_without_record(s, arrival, NULL, SHUTDOWN_S, nonsense);
	return ok;
}

/* Everything is measured; a kernel that cannot power off has failed all the same. */
static bool say_bye(struct session *s)
{
	gint64 start_us = g_get_monotonic_time();
	g_autofree char *why = NULL;
	enum runner_end end;

	if (!s->counted)
		send_request(s, json_pack("{s:s}", "q", "bye"));
	if (!drain_records(s))
		return false;
	end = s->spec->runner->end(s->target, LAST_WORDS_MS, &why);
	s->end->shutdown_s = seconds_since(start_us);
	if (end == RUNNER_POWEROFF)
		return true;
	if (end == RUNNER_RUNNING)
		return finish_hung(s, SESSION_KERNEL, NULL, "the kernel did not power off after its last load");
	return finish_closed(s, NULL);
}

static enum session_class class_of_start(const GError *reason)
{
	if (g_error_matches(reason, BENCH_ERROR, BENCH_ERROR_REFUSED))
		return SESSION_REFUSED;
	if (interrupt_pending())
		return SESSION_INTERRUPTED;
	return g_error_matches(reason, BENCH_ERROR, BENCH_ERROR_KERNEL) ? SESSION_KERNEL : SESSION_INFRA;
}

static bool finish_not_started(struct session *s, const GError *reason)
{
	enum session_class class = class_of_start(reason);
	g_autofree char *splat = NULL;

	if (class == SESSION_KERNEL && !record_console_splat(s, NULL, &splat))
		return false;
	return finish(s, class, "%s", reason->message);
}

/* A machine that has to be mended is told of, however the session ended. */
static void stop(struct session *s)
{
	g_autofree char *before = NULL;
	g_autofree char *why = NULL;

	if (s->spec->runner->stop(s->target, &why))
		return;
	before = s->end->why;
	finish(s, SESSION_REFUSED, "%s%s%s", why, before ? "; before that: " : "", before ? before : "");
}

/* Whether there is none. */
static bool pass_error(GError **kept, GError **error)
{
	if (!*kept)
		return true;
	g_propagate_error(error, g_steal_pointer(kept));
	return false;
}

bool session_run(const struct session_spec *spec, struct session_end *ret_end, GError **error)
{
	g_autoptr(GError) kept_error = NULL;
	g_autoptr(GError) start_error = NULL;
	struct session s = { .spec = spec, .end = ret_end, .error = &kept_error };
	gint64 start_us = g_get_monotonic_time();

	*ret_end = (struct session_end){ .class = SESSION_OK };
	s.counted = !strcmp(spec->boot->accel, "counted");
	s.target = spec->runner->start(spec->boot, &start_error);
	if (!s.target) {
		finish_not_started(&s, start_error);
		return pass_error(&kept_error, error);
	}
	lines_init(&s.lines, WIRE_LINE_MAX);
	if (wait_hello(&s, start_us) && run_steps(&s))
		say_bye(&s);
	lines_release(&s.lines);
	stop(&s);
	return pass_error(&kept_error, error);
}
