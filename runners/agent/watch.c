// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/watch.h"

#include "runners/agent/answer.h"
#include "runners/agent/taint.h"

#include <stdio.h>
#include <string.h>

bool watch_open(struct watch *watch, int port, int host)
{
	memset(watch, 0, sizeof(*watch));
	watch->port = port;
	watch->host = host;
	return kmsg_open(&watch->kmsg);
}

int64_t watch_taint(const struct watch *watch)
{
	int64_t taint = taint_read();

	return taint < 0 ? (int64_t)watch->logged_taint : taint;
}

void watch_forget(struct watch *watch)
{
	kmsg_skip(&watch->kmsg);
	watch->known_taint = (uint64_t)watch_taint(watch);
}

void watch_report(struct watch *watch, struct watch_load *load, const struct gate_hit *hit)
{
	if (load)
		load->splats++;
	else
		watch->splats++;
	answer_splat(watch->port, load ? load->rq : NULL, hit, watch_taint(watch));
}

static void feed(struct watch *watch, struct watch_load *load, const struct kmsg_record *record)
{
	struct gate_hit hit;

	if (kmsg_from_kernel(record))
		watch->logged_taint |= taint_from_log(record->text, record->length);
	if (gate_feed(&watch->gate, record, &hit))
		watch_report(watch, load, &hit);
	if (load)
		load->line(load->data, record);
}

bool watch_drain(struct watch *watch, struct watch_load *load)
{
	struct kmsg_record record;
	int got;

	while ((got = kmsg_read(&watch->kmsg, &record)) > 0)
		feed(watch, load, &record);
	return got == 0;
}

void watch_check_taint(struct watch *watch, struct watch_load *load)
{
	uint64_t now = (uint64_t)watch_taint(watch);
	uint64_t fresh = now & ~watch->known_taint & ~taint_of_place();
	uint32_t explained = load ? load->splats : watch->splats;
	char text[600];
	struct gate_hit hit = { "taint", text, 0 };

	if (load && load->module & ~watch->modules_loaded)
		fresh &= ~taint_of_loading();
	watch->known_taint |= now;
	watch->splats = 0;
	if (!fresh || explained)
		return;
	strcpy(text, "new taint: ");
	taint_describe(fresh, text + strlen(text), sizeof(text) - strlen(text));
	hit.length = strlen(text);
	watch_report(watch, load, &hit);
}

bool watch_catch_up(struct watch *watch)
{
	if (!watch_drain(watch, NULL))
		return false;
	watch_check_taint(watch, NULL);
	return true;
}
