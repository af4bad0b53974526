// SPDX-License-Identifier: GPL-2.0-only
#include "record-samples.h"

#include <glib.h>

#include "base/text.h"
#include "wire.h"

static bool is_count(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool is_name(const json_t *value)
{
	return json_is_string(value) && text_is_frame(json_string_value(value), RECORD_NAME_MAX);
}

bool record_samples_are_names(const json_t *list)
{
	const json_t *name;
	size_t i;

	json_array_foreach((json_t *)list, i, name) {
		if (!is_name(name))
			return false;
	}
	return json_is_array(list) && json_array_size(list) <= RECORD_NAMES_MAX;
}

/* A count, and one to RECORD_FRAMES_MAX numbers of names. */
static bool is_stack(const json_t *stack)
{
	const json_t *number;
	size_t i;

	if (json_array_size(stack) < 2 || json_array_size(stack) > RECORD_FRAMES_MAX + 1)
		return false;
	json_array_foreach((json_t *)stack, i, number) {
		if (!is_count(number) || (i > 0 && json_integer_value(number) >= RECORD_NAMES_MAX))
			return false;
	}
	return json_integer_value(json_array_get(stack, 0)) > 0;
}

bool record_samples_are_stacks(const json_t *list)
{
	const json_t *stack;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > RECORD_STACKS_MAX)
		return false;
	json_array_foreach((json_t *)list, i, stack) {
		if (!is_stack(stack))
			return false;
	}
	return true;
}

static bool names_are_known(const json_t *stack, size_t names)
{
	for (size_t i = 1; i < json_array_size(stack); i++) {
		if ((size_t)json_integer_value(json_array_get(stack, i)) >= names)
			return false;
	}
	return true;
}

/* These are added up over loads, boots and cells. */
static bool figures_can_be(const json_t *samples)
{
	static const char *const keys[] = { "samples", "lost", "throttled" };

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (json_integer_value(json_object_get(samples, keys[i])) > RECORD_SAMPLES_MAX)
			return false;
	}
	return true;
}

const char *record_samples_check(const json_t *samples)
{
	size_t names = json_array_size(json_object_get(samples, "names"));
	guint64 left = json_integer_value(json_object_get(samples, "samples"));
	const json_t *stack;
	size_t i;

	if (!figures_can_be(samples))
		return "more than 2^40 samples";
	json_array_foreach(json_object_get(samples, "stacks"), i, stack) {
		guint64 count = json_integer_value(json_array_get(stack, 0));

		if (!names_are_known(stack, names))
			return "a name in its \"stacks\" that is not among its \"names\"";
		if (count > left)
			return "more in its \"stacks\" than its \"samples\" says";
		left -= count;
	}
	return left == 0 ? NULL : "less in its \"stacks\" than its \"samples\" says";
}
