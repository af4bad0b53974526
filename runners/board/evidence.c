// SPDX-License-Identifier: GPL-2.0-only
#include "evidence.h"

static bool stayed(const struct evidence *e)
{
	return e->answer == ANSWER_STAYED;
}

static bool went_astray(const struct evidence *e)
{
	return e->answer == ANSWER_ABROAD;
}

static bool was_late(const struct evidence *e)
{
	return e->answer == ANSWER_LATE;
}

static bool had_to_be_powered(const struct evidence *e)
{
	return e->answer == ANSWER_POWERED;
}

static bool did_not_leave(const struct evidence *e)
{
	return e->left && e->answer == ANSWER_SAME;
}

static bool lost_its_agent(const struct evidence *e)
{
	return e->agent_ended && e->answer == ANSWER_SAME;
}

static bool stalled(const struct evidence *e)
{
	return e->answer == ANSWER_SAME;
}

static bool panicked(const struct evidence *e)
{
	return e->panic;
}

static bool left_record(const struct evidence *e)
{
	return e->record;
}

static bool was_reset_by_watchdog(const struct evidence *e)
{
	return e->watchdog;
}

static bool had_no_power(const struct evidence *e)
{
	return e->no_power;
}

static bool was_not_taken(const struct evidence *e)
{
	return !e->came_up && e->pending;
}

static bool never_started(const struct evidence *e)
{
	return !e->came_up && e->mute;
}

static bool never_came_up(const struct evidence *e)
{
	return !e->came_up && e->answer == ANSWER_GOOD;
}

static bool hung_at_start(const struct evidence *e)
{
	return !e->came_up;
}

static bool hung_at_reboot(const struct evidence *e)
{
	return e->left && e->answer == ANSWER_NONE;
}

static bool vanished(const struct evidence *e)
{
	return e->answer == ANSWER_GOOD || e->answer == ANSWER_TWICE;
}

static bool froze(const struct evidence *e)
{
	(void)e;
	return true;
}

/* clang-format off */
static const struct {
	bool (*fits)(const struct evidence *e);
	enum board_blame blame;
	const char *sentence;
} rules[] = {
	/* With these the kernel under test has not died: what was said is of the good one. */
	{ was_not_taken, BLAME_INFRA, "the boot loader did not take the entry that was armed" },
	{ stayed, BLAME_INFRA, "it did not reboot" },
	{ went_astray, BLAME_INFRA, "it booted the kernel under test of another attempt" },
	{ was_late, BLAME_INFRA,
	  "the kernel came up later than it was waited for; the next one gets more time, up to "
	  "timeouts.boot_s" },
	{ had_to_be_powered, BLAME_INFRA,
	  "the kernel came up once the power had been taken: the reboot before did not reach the boot loader" },
	{ did_not_leave, BLAME_KERNEL, "the kernel did not reboot though it was asked to" },
	{ lost_its_agent, BLAME_INFRA,
	  "the agent ended though nobody had asked it to, and the kernel is alive" },
	{ stalled, BLAME_INFRA,
	  "the board did not answer for a while and then went on in the same boot: it, or the network, "
	  "stood still" },
	{ panicked, BLAME_KERNEL, "the kernel panicked" },
	{ left_record, BLAME_KERNEL, "the kernel died; what pstore kept of it" },
	{ was_reset_by_watchdog, BLAME_KERNEL, "the kernel hung until the hardware watchdog reset the board" },
	{ had_no_power, BLAME_INFRA, "the board was found without power" },
	{ never_came_up, BLAME_KERNEL,
	  "the kernel never came up, and the board fell back to its good one; neither console nor pstore "
	  "has its words" },
	{ never_started, BLAME_INFRA,
	  "nothing on the console since the reboot: the board did not reach the kernel" },
	{ hung_at_start, BLAME_KERNEL,
	  "the kernel hung at its start: no answer within the limit, without a word" },
	{ hung_at_reboot, BLAME_INFRA, "the board did not come back from its reboot after the last load" },
	{ vanished, BLAME_INFRA,
	  "the board was reset without a word on the console or in pstore: power was cut, or its "
	  "firmware reset it" },
	{ froze, BLAME_INFRA,
	  "the board froze without a word on the console or in pstore, and had to be brought back" },
};
/* clang-format on */

enum board_blame evidence_judge(const struct evidence *e, char **ret_why)
{
	size_t i = 0;
	const char *words;

	while (!rules[i].fits(e))
		i++;
	words = e->panic ? e->panic : e->record;
	*ret_why = words ? g_strdup_printf("%s: %s", rules[i].sentence, words) : g_strdup(rules[i].sentence);
	return rules[i].blame;
}

void evidence_clear(struct evidence *e)
{
	g_clear_pointer(&e->panic, g_free);
	g_clear_pointer(&e->record, g_free);
}
