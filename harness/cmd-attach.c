// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "attach/attach.h"
#include "attach/terminal.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/json.h"
#include "base/msg.h"
#include "base/proc.h"
#include "base/text.h"
#include "cmd.h"

#define INTERVAL_S 1
#define SECONDS_LEAST 0.1
#define INTERVAL_MOST_S 3600
#define FOR_MOST_S (30 * 86400)
#define WHY_SIZE 800

struct wish {
	gboolean latency;
	gboolean locks;
	gboolean list;
	gboolean json;
	char *interval;
	char *duration;
	char *out;
	char *backend;
	char *source;
};

static void wish_clear(struct wish *w)
{
	char **const texts[] = { &w->interval, &w->duration, &w->out, &w->backend, &w->source };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_clear_pointer(texts[i], g_free);
}

static bool parse_seconds(const char *text, const char *option, double most, double *ret_s, GError **error)
{
	char *end = NULL;
	double seconds = text ? g_ascii_strtod(text, &end) : *ret_s;

	if (text && (end == text || *end || !(seconds >= SECONDS_LEAST && seconds <= most))) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
			    "%s: \"%s\" is no time from %g to %.10g seconds", option, text, SECONDS_LEAST,
			    most);
		return false;
	}
	*ret_s = seconds;
	return true;
}

/* One of @names (NULL-ended), or not given. */
static bool check_name(const char *name, const char *option, const char *const *names, GError **error)
{
	g_autofree char *all = NULL;

	if (!name || g_strv_contains(names, name))
		return true;
	all = g_strjoinv(", ", (char **)names);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE, "%s: there is no \"%s\"; there are %s", option, name,
			    all);
	return false;
}

static bool parse_wish(const struct wish *w, struct trace_options *ret_trace, struct attach_options *ret_attach,
		       GError **error)
{
	/* Whoever names what is wanted wants nothing else; the state costs nothing. */
	bool all = !w->latency && !w->locks;

	*ret_trace = (struct trace_options){ .latency = all || w->latency || w->backend,
					     .locks = all || w->locks || w->source,
					     .state = true,
					     .backend = w->backend,
					     .source = w->source };
	*ret_attach = (struct attach_options){ .interval_s = INTERVAL_S };
	ret_attach->form = w->json ? ATTACH_JSON : terminal_usable() ? ATTACH_SCREEN : ATTACH_TEXT;
	return parse_seconds(w->interval, "--interval", INTERVAL_MOST_S, &ret_attach->interval_s, error) &&
	       parse_seconds(w->duration, "--for", FOR_MOST_S, &ret_attach->for_s, error) &&
	       check_name(w->backend, "--backend", trace_backends(), error) &&
	       check_name(w->source, "--source", trace_sources(), error);
}

/* "latency: fentry: the kernel does not permit it (EPERM)" */
static void tell_refused(const json_t *refused)
{
	const json_t *entry;
	size_t i;

	json_array_foreach((json_t *)refused, i, entry)
		msg_info("%s: %s does not work here: %s", json_text(entry, "collector"),
			 json_text(entry, "backend"), json_text(entry, "why"));
}

static void tell_used(const json_t *described)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(described, "collectors"), i, entry)
		msg_info("%s: %s: %s", json_text(entry, "collector"), json_text(entry, "backend"),
			 json_text(entry, "measures"));
}

static struct trace *open_trace(const struct trace_options *options, GError **error)
{
	json_t *refused = NULL;
	char why[WHY_SIZE] = "";
	struct trace *t = trace_open(options, &refused, why, sizeof(why));

	tell_refused(refused);
	json_decref(refused);
	if (!t)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s", why);
	return t;
}

static bool try_one(const char *collector, const char *name, const struct trace_options *options)
{
	json_t *refused = NULL;
	char why[WHY_SIZE] = "";
	struct trace *t = trace_open(options, &refused, why, sizeof(why));
	const json_t *entry;
	size_t i;

	printf("%-8s %-15s %s\n", collector, name, t ? "works" : "does not work here");
	json_array_foreach(refused, i, entry) {
		if (!t)
			printf("%9s%s\n", "", json_text(entry, "why"));
	}
	if (!t && json_array_size(refused) == 0)
		printf("%9s%s\n", "", why);
	json_decref(refused);
	trace_close(t);
	return t != NULL;
}

/* Every backend is loaded and attached, and taken away again. */
static int list(GError **error)
{
	bool latency = false, locks = false;

	for (const char *const *name = trace_backends(); *name; name++)
		latency |= try_one("latency", *name,
				   &(struct trace_options){ .latency = true, .backend = *name });
	for (const char *const *name = trace_sources(); *name; name++)
		locks |= try_one("locks", *name, &(struct trace_options){ .locks = true, .source = *name });
	if (latency || locks)
		return 0;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FAILED,
		    "nothing of mm/vmalloc can be traced here, for the reasons above");
	return -1;
}

static json_t *describe_host(void)
{
	g_autofree char *cpu = proc_cpu("/proc/cpuinfo");
	g_autofree char *memory = proc_value("/proc/meminfo", "MemTotal");
	struct utsname name;

	uname(&name);
	return json_pack("{s:s, s:s, s:s, s:s, s:s?, s:i, s:s?}", "name", name.nodename, "kernel", name.release,
			 "version", name.version, "machine", name.machine, "cpu", cpu, "cpus",
			 (int)sysconf(_SC_NPROCESSORS_ONLN), "memory", memory);
}

static json_t *describe_command(char **argv)
{
	json_t *words = json_pack("[s]", "vmapbench");

	for (char **word = argv; *word; word++) {
		g_autofree char *plain = text_make_plain(*word);

		json_array_append_new(words, json_string(plain));
	}
	return words;
}

static json_t *describe_options(const struct trace_options *trace, const struct attach_options *o)
{
	return json_pack("{s:b, s:b, s:b, s:s?, s:s?, s:f, s:o}", "latency", trace->latency, "locks",
			 trace->locks, "state", trace->state, "backend", trace->backend, "source",
			 trace->source, "interval_s", o->interval_s, "for_s",
			 o->for_s > 0 ? json_real(o->for_s) : json_null());
}

static json_t *manifest_of(char **command, const struct trace_options *trace, const struct attach_options *o)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *created = g_date_time_format_iso8601(now);

	return json_pack("{s:s, s:o, s:o, s:o}", "created", created, "command", describe_command(command),
			 "host", describe_host(), "options", describe_options(trace, o));
}

static int watch(struct trace *trace, const char *out, const json_t *manifest, struct attach_options *o,
		 GError **error)
{
	g_autojson described = trace_describe(trace);
	g_autoptr(attach_log) log = out ? attach_log_create(out, manifest, described, error) : NULL;
	struct utsname name;

	if (out && !log)
		return -1;
	uname(&name);
	o->kernel = name.release;
	tell_used(described);
	return attach_watch(trace, described, log, o, error) ? 0 : -1;
}

static int attach_wish(const struct wish *w, char **command, GError **error)
{
	g_autojson manifest = NULL;
	struct trace_options trace_options;
	struct attach_options o;
	struct trace *trace;
	int status;

	if (!parse_wish(w, &trace_options, &o, error))
		return -1;
	if (w->list)
		return list(error);
	manifest = manifest_of(command, &trace_options, &o);
	trace = open_trace(&trace_options, error);
	if (!trace)
		return -1;
	status = watch(trace, w->out, manifest, &o, error);
	trace_close(trace);
	return status;
}

static int attach(const struct cmd *cmd, int argc, char **argv, GError **error)
{
	struct wish w = { 0 };
	const GOptionEntry options[] = {
		{ "latency", 0, 0, G_OPTION_ARG_NONE, &w.latency,
		  "Of functions only (default: latency and locks)", NULL },
		{ "locks", 0, 0, G_OPTION_ARG_NONE, &w.locks, "Waits for locks only", NULL },
		{ "interval", 0, 0, G_OPTION_ARG_STRING, &w.interval,
		  "Show and write figures every S seconds (1)", "S" },
		{ "for", 0, 0, G_OPTION_ARG_STRING, &w.duration, "End after S seconds (default: Ctrl-C)", "S" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &w.json, "Print records instead, one on each line", NULL },
		{ "out", 0, 0, G_OPTION_ARG_FILENAME, &w.out, "Keep the records in this new folder", "RUN" },
		{ "backend", 0, 0, G_OPTION_ARG_STRING, &w.backend,
		  "Of latency (default: the first that works)", "NAME" },
		{ "source", 0, 0, G_OPTION_ARG_STRING, &w.source,
		  "Of locks (default: the first that works)", "NAME" },
		{ "list", 0, 0, G_OPTION_ARG_NONE, &w.list,
		  "Try every backend and source, and say what works", NULL },
		G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) command = g_strdupv(argv);
	int status = -1;

	interrupt_catch();
	signal(SIGPIPE, SIG_IGN);
	if (cmd_parse(cmd, options, 0, &argc, &argv, error))
		status = attach_wish(&w, command, error);
	wish_clear(&w);
	return status;
}

const struct cmd cmd_attach = {
	.name = "attach",
	.args = "",
	.summary = "watch mm/vmalloc of the running kernel",
	.run = attach,
};
