// SPDX-License-Identifier: GPL-2.0-only
#include "runners/board/state.h"

#include <string.h>

#include "runners/board/evidence.h"

/* A board that plays a script: what comes of each state, in the order in which they are acted on. */

struct step {
	enum board_state state;
	enum board_event event;
	const char *reason;
};

#define STEPS_MAX 16

#define LOCK { BOARD_IDLE, EVENT_DONE }
#define DEPLOY LOCK, { BOARD_LOCKED, EVENT_DONE }
#define ARM DEPLOY, { BOARD_DEPLOYED, EVENT_DONE }
#define REBOOT ARM, { BOARD_ARMED, EVENT_DONE }
#define UP REBOOT, { BOARD_REBOOTING, EVENT_DONE }
#define RUN UP, { BOARD_UP_TEST, EVENT_DONE }
#define BACK { BOARD_COLLECTED, EVENT_DONE }, { BOARD_REBOOTING_BACK, EVENT_DONE }
#define HOME { BOARD_DIAGNOSE, EVENT_DONE }, { BOARD_RECOVER, EVENT_DONE }

struct scenario {
	const char *name;
	struct step script[STEPS_MAX];
	enum board_event leaves;	/* how the session ends, when it comes so far */
	struct evidence evidence;
	enum board_state state;		/* where the board is then */
	enum board_blame blame;
	const char *why;		/* what it says, among others */
	bool never_ran;
};

/* clang-format off */
static const struct scenario scenarios[] = {
	{ "a good kernel", { RUN, BACK }, EVENT_DONE,
	  .state = BOARD_IDLE, .blame = BLAME_NONE },
	{ "a panic at the start, on the console", { REBOOT, { BOARD_REBOOTING, EVENT_GOOD }, HOME },
	  .evidence = { .answer = ANSWER_GOOD, .panic = (char *)"Kernel panic - not syncing: VFS" },
	  .state = BOARD_IDLE, .blame = BLAME_KERNEL, .why = "panicked: Kernel panic - not syncing: VFS", .never_ran = true },
	{ "a panic at the start, without a console", { REBOOT, { BOARD_REBOOTING, EVENT_GOOD }, HOME },
	  .evidence = { .answer = ANSWER_GOOD },
	  .state = BOARD_IDLE, .blame = BLAME_KERNEL, .why = "never came up", .never_ran = true },
	{ "a boot loader that did not take it", { REBOOT, { BOARD_REBOOTING, EVENT_GOOD }, HOME },
	  .evidence = { .answer = ANSWER_GOOD, .pending = true },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "did not take the entry", .never_ran = true },
	{ "a good kernel that panics in its reboot", { REBOOT, { BOARD_REBOOTING, EVENT_GOOD }, HOME },
	  .evidence = { .answer = ANSWER_GOOD, .pending = true, .panic = (char *)"Kernel panic - not syncing: its own" },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "did not take the entry", .never_ran = true },
	{ "a panic mid-run, in pstore", { RUN, HOME }, EVENT_BROKEN,
	  .evidence = { .came_up = true, .answer = ANSWER_GOOD, .record = (char *)"Oops: NULL" },
	  .state = BOARD_IDLE, .blame = BLAME_KERNEL, .why = "pstore kept of it: Oops: NULL" },
	{ "a hang in the initramfs", { REBOOT, { BOARD_REBOOTING, EVENT_SILENT }, HOME },
	  .state = BOARD_IDLE, .blame = BLAME_KERNEL, .why = "hung at its start", .never_ran = true },
	{ "a machine that reaches no kernel", { REBOOT, { BOARD_REBOOTING, EVENT_SILENT }, HOME },
	  .evidence = { .mute = true },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "nothing on the console", .never_ran = true },
	{ "a panic at the start, with a console that is dead", { REBOOT, { BOARD_REBOOTING, EVENT_GOOD }, HOME },
	  .evidence = { .mute = true, .answer = ANSWER_GOOD },
	  .state = BOARD_IDLE, .blame = BLAME_KERNEL, .why = "never came up", .never_ran = true },
	{ "a silent freeze that thaws", { RUN, HOME }, EVENT_BROKEN,
	  .evidence = { .came_up = true, .answer = ANSWER_SAME },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "stood still; it began with this: gone" },
	{ "an agent that is killed", { RUN, HOME }, EVENT_BROKEN,
	  .evidence = { .came_up = true, .agent_ended = true, .answer = ANSWER_SAME },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "the kernel is alive; it began with this: gone" },
	{ "a kernel that cannot reboot", { RUN, { BOARD_COLLECTED, EVENT_DONE },
	    { BOARD_REBOOTING_BACK, EVENT_STALLED }, HOME }, EVENT_DONE,
	  .evidence = { .came_up = true, .left = true, .answer = ANSWER_SAME },
	  .state = BOARD_IDLE, .blame = BLAME_KERNEL, .why = "did not reboot" },
	{ "a silent freeze that needs power", { RUN, HOME }, EVENT_BROKEN,
	  .evidence = { .came_up = true },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "froze without a word" },
	{ "a power cut mid-run, that ends by itself", { RUN, HOME }, EVENT_BROKEN,
	  .evidence = { .came_up = true, .answer = ANSWER_GOOD },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "power was cut" },
	{ "a power cut before the agent runs", { UP, { BOARD_UP_TEST, EVENT_FAILED, "no answer" }, HOME },
	  .evidence = { .came_up = true, .answer = ANSWER_GOOD },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "power was cut", .never_ran = true },
	{ "a panic before the agent runs", { UP, { BOARD_UP_TEST, EVENT_FAILED, "booted once more" }, HOME },
	  .evidence = { .came_up = true, .answer = ANSWER_GOOD, .record = (char *)"Oops: NULL" },
	  .state = BOARD_IDLE, .blame = BLAME_KERNEL, .why = "Oops: NULL", .never_ran = true },
	{ "a reset into the kernel under test", { RUN, HOME }, EVENT_BROKEN,
	  .evidence = { .came_up = true, .answer = ANSWER_TWICE },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "reset it" },
	{ "a boot that takes too long", { REBOOT, { BOARD_REBOOTING, EVENT_SILENT }, HOME },
	  .evidence = { .answer = ANSWER_LATE },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "later than", .never_ran = true },
	{ "a reboot that hangs in the firmware", { REBOOT, { BOARD_REBOOTING, EVENT_SILENT }, HOME },
	  .evidence = { .answer = ANSWER_POWERED },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "did not reach the boot loader", .never_ran = true },
	{ "the kernel of another attempt", { REBOOT, { BOARD_REBOOTING, EVENT_WRONG, "another attempt" },
	    { BOARD_RECOVER, EVENT_DONE } },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "another attempt", .never_ran = true },
	{ "a power cut mid-run, that stays", { RUN, HOME }, EVENT_BROKEN,
	  .evidence = { .came_up = true, .no_power = true },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "without power" },
	{ "a watchdog reset", { RUN, HOME }, EVENT_BROKEN,
	  .evidence = { .came_up = true, .answer = ANSWER_GOOD, .watchdog = true },
	  .state = BOARD_IDLE, .blame = BLAME_KERNEL, .why = "watchdog reset the board" },
	{ "a full disk", { LOCK, { BOARD_LOCKED, EVENT_REFUSED, "the disk is full" } },
	  .state = BOARD_IDLE, .blame = BLAME_REFUSED, .why = "the disk is full", .never_ran = true },
	{ "a key that is refused", { LOCK, { BOARD_LOCKED, EVENT_REFUSED, "Permission denied" } },
	  .state = BOARD_IDLE, .blame = BLAME_REFUSED, .why = "Permission denied", .never_ran = true },
	{ "a console that cannot be read", { { BOARD_IDLE, EVENT_REFUSED, "no such command" } },
	  .state = BOARD_IDLE, .blame = BLAME_REFUSED, .why = "no such command", .never_ran = true },
	{ "the wrong build", { UP, { BOARD_UP_TEST, EVENT_WRONG, "another build id" }, { BOARD_RECOVER, EVENT_DONE } },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "another build id", .never_ran = true },

	{ "left in a kernel under test, and brought home first",
	  { LOCK, { BOARD_LOCKED, EVENT_ABROAD }, { BOARD_RECOVER, EVENT_AGAIN }, { BOARD_LOCKED, EVENT_DONE },
	    { BOARD_DEPLOYED, EVENT_DONE }, { BOARD_ARMED, EVENT_DONE }, { BOARD_REBOOTING, EVENT_DONE },
	    { BOARD_UP_TEST, EVENT_DONE }, BACK }, EVENT_DONE,
	  .state = BOARD_IDLE, .blame = BLAME_NONE },
	{ "a connection that breaks while it is copied to", { LOCK, { BOARD_LOCKED, EVENT_FAILED, "broke" },
	    { BOARD_RECOVER, EVENT_DONE } },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "broke", .never_ran = true },
	{ "a reboot that does not happen", { REBOOT, { BOARD_REBOOTING, EVENT_STALLED, "it did not reboot" },
	    { BOARD_RECOVER, EVENT_DONE } },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "did not reboot", .never_ran = true },
	{ "lost", { RUN, { BOARD_DIAGNOSE, EVENT_DONE }, { BOARD_RECOVER, EVENT_SILENT, "somebody has to look at it" } },
	  EVENT_BROKEN, .evidence = { .came_up = true },
	  .state = BOARD_LOST, .blame = BLAME_REFUSED, .why = "somebody has to look at it; it was lost after this: gone" },
	{ "a good system that was changed", { RUN, { BOARD_COLLECTED, EVENT_DONE },
	    { BOARD_REBOOTING_BACK, EVENT_WRONG, "not what it was" } }, EVENT_DONE,
	  .evidence = { .came_up = true },
	  .state = BOARD_LOST, .blame = BLAME_REFUSED, .why = "not what it was" },
	{ "a kernel that panics when it is to leave", { RUN, { BOARD_COLLECTED, EVENT_DONE },
	    { BOARD_REBOOTING_BACK, EVENT_SILENT }, HOME }, EVENT_DONE,
	  .evidence = { .came_up = true, .left = true, .panic = (char *)"Kernel panic - not syncing: at the end" },
	  .state = BOARD_IDLE, .blame = BLAME_KERNEL, .why = "at the end" },
	{ "a board that does not come back from its reboot", { RUN, { BOARD_COLLECTED, EVENT_DONE },
	    { BOARD_REBOOTING_BACK, EVENT_SILENT }, HOME }, EVENT_DONE,
	  .evidence = { .came_up = true, .left = true },
	  .state = BOARD_IDLE, .blame = BLAME_INFRA, .why = "did not come back" },
};
/* clang-format on */

struct stage {
	const struct scenario *scenario;
	size_t at;
	enum board_state last;		/* the transitions that were logged follow each other */
	unsigned int logged;
};

static enum board_event act(enum board_state state, void *data, char **ret_reason)
{
	struct stage *s = data;
	const struct step *step = &s->scenario->script[s->at++];

	g_assert_cmpuint(s->at, <=, STEPS_MAX);
	g_assert_cmpstr(state_name(state), ==, state_name(step->state));
	*ret_reason = g_strdup(step->reason);
	return step->event;
}

static enum board_blame judge(void *data, char **ret_why)
{
	struct stage *s = data;

	return evidence_judge(&s->scenario->evidence, ret_why);
}

static void take_log(const struct board_transition *t, const char *reason, void *data)
{
	struct stage *s = data;

	(void)reason;
	g_assert_cmpint(t->from, ==, s->last);
	s->last = t->to;
	s->logged++;
}

static void test_scenario(gconstpointer data)
{
	const struct scenario *scenario = data;
	struct stage stage = { .scenario = scenario };
	struct state_machine m = { .act = act, .judge = judge, .log = take_log, .data = &stage };

	state_start(&m);
	g_assert_cmpint(m.state == BOARD_RUNNING, ==, !scenario->never_ran);
	if (m.state == BOARD_RUNNING)
		state_leave(&m, scenario->leaves, "gone");
	g_assert_cmpstr(state_name(m.state), ==, state_name(scenario->state));
	g_assert_cmpint(m.blame, ==, scenario->blame);
	if (scenario->why && (!m.why || !strstr(m.why, scenario->why)))
		g_error("%s: \"%s\" does not say \"%s\"", scenario->name, m.why, scenario->why);
	if (!scenario->why)
		g_assert_null(m.why);
	g_assert_cmpint(stage.last, ==, m.state);
	g_assert_true(stage.at == STEPS_MAX || !scenario->script[stage.at].reason);
	state_clear(&m);
}

/* Every state but the two last ones can be left, and what fails on the way never ends anywhere but at home or lost. */
static void test_table(void)
{
	for (int state = 0; state < BOARD_STATES; state++) {
		bool any = false;

		for (int event = 0; event < EVENTS; event++)
			any |= state_find(state, event) != NULL;
		g_assert_cmpint(any, ==, state != BOARD_LOST);
		g_assert_nonnull(state_name(state));
	}
	for (int event = 0; event < EVENTS; event++)
		g_assert_nonnull(state_event_name(event));
	g_assert_null(state_find(BOARD_RUNNING, EVENT_AGAIN));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
		g_autofree char *path = g_strdup_printf("/board-state/%s", scenarios[i].name);

		g_test_add_data_func(path, &scenarios[i], test_scenario);
	}
	g_test_add_func("/board-state/table", test_table);
	return g_test_run();
}
