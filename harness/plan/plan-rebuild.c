// SPDX-License-Identifier: GPL-2.0-only
#include "plan-rebuild.h"

#include <string.h>

#include "plan-machine.h"
#include "plan-schema.h"

/* Of `layout`. */
#define LAYOUT_MAX 1000

static bool is_rebuilt(const struct plan *p, const struct plan_arm *arm)
{
	return p->rebuilds > 0 && (p->rebuild_candidates || !strcmp(arm->name, p->baseline));
}

static bool check_arm(const struct plan *p, const struct yaml_where *where, unsigned int index, GError **error)
{
	const struct plan_arm *arm = &p->arms[index];
	g_autofree char *place = g_strdup_printf("arms[%u].layout", index);

	if (!is_rebuilt(p, arm))
		return true;
	if (plan_arm_is_image(arm))
		return yaml_where_refuse(
			where, "rebuilds", error,
			"the kernel of the arm %s was built already, it cannot be rebuilt in other layouts",
			arm->name);
	if (arm->layout + p->rebuilds <= LAYOUT_MAX)
		return true;
	return yaml_where_refuse(where, place, error,
				 "%u rebuilds of layout %u and up would go beyond layout %d", p->rebuilds,
				 arm->layout, LAYOUT_MAX);
}

/* Of several machines those that keep time just have no rebuilds. */
static bool any_counted(const struct plan *p)
{
	bool counted = plan_machine_is_counted(&p->machine);

	for (unsigned int i = 0; i < p->machines_count && !counted; i++)
		counted = p->machines[i].accel && plan_machine_is_counted(&p->machines[i]);
	return counted;
}

bool plan_rebuild_check(const struct plan *p, const struct yaml_where *where, GError **error)
{
	if (p->rebuild_candidates && p->rebuilds == 0)
		return yaml_where_refuse(
			where, "rebuild_candidates", error,
			"candidates are rebuilt as often as the baseline; say how often: rebuilds: 4");
	if (p->rebuilds > 0 && !any_counted(p))
		return yaml_where_refuse(
			where, "rebuilds", error,
			"only accel: counted knows rebuilds: where time is measured, boots differ by more than "
			"layouts do; an arm with a layout: of its own shows what that does to time");
	for (unsigned int i = 0; i < p->arms_count; i++) {
		if (!check_arm(p, where, i, error))
			return false;
	}
	return true;
}

static char **copy_series(const struct plan_arm *arm)
{
	char **copy = arm->series_count ? g_new(char *, arm->series_count) : NULL;

	for (unsigned int i = 0; i < arm->series_count; i++)
		copy[i] = g_strdup(arm->series[i]);
	return copy;
}

static struct plan_arm rebuild_of(const struct plan_arm *arm, unsigned int number)
{
	return (struct plan_arm){
		.name = g_strdup_printf("%s~%u", arm->name, number),
		.source = g_strdup(arm->source),
		.series = copy_series(arm),
		.series_count = arm->series_count,
		.config = g_strdup(arm->config),
		.layout = arm->layout + number,
		.append = g_strdup(arm->append),
		.rebuild_of = arm->name,
		.step = arm->step,
	};
}

void plan_rebuild_add(struct plan *p)
{
	unsigned int written = p->arms_count, rebuilt = 0;

	if (!plan_machine_is_counted(&p->machine)) {
		p->rebuilds = 0;
		p->rebuild_candidates = false;
	}
	for (unsigned int i = 0; i < written; i++)
		rebuilt += is_rebuilt(p, &p->arms[i]);
	p->arms = g_renew(struct plan_arm, p->arms, written + rebuilt * p->rebuilds);
	for (unsigned int i = 0; i < written; i++) {
		for (unsigned int n = 1; n <= p->rebuilds && is_rebuilt(p, &p->arms[i]); n++)
			p->arms[p->arms_count++] = rebuild_of(&p->arms[i], n);
	}
}
