// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/summary.h"

#include "runners/agent/words.h"

#include <stdio.h>
#include <string.h>

enum { FIELD_PASSED, FIELD_FAILED, FIELD_XFAILED, FIELD_AVG, FIELDS };

static const struct {
	const char *name;
	bool required;
} fields[FIELDS] = {
	[FIELD_PASSED] = { "passed:", true },
	[FIELD_FAILED] = { "failed:", true },
	[FIELD_XFAILED] = { "xfailed:", false },
	[FIELD_AVG] = { "avg:", true },
};

/* Reads "key: number" pairs to the end of the line; false when a known key has no number or comes twice. */
static bool parse_fields(struct words *w, uint64_t values[FIELDS], bool seen[FIELDS])
{
	const char *word;
	size_t length;
	unsigned int i;

	while (words_next(w, &word, &length)) {
		for (i = 0; i < FIELDS && !word_is(word, length, fields[i].name); i++)
			;
		if (i == FIELDS)
			continue;
		if (seen[i] || !words_next(w, &word, &length) || !word_number(word, length, &values[i]))
			return false;
		seen[i] = true;
	}
	return true;
}

bool summary_parse(const char *text, size_t length, struct summary_line *line)
{
	uint64_t values[FIELDS] = { 0 };
	bool seen[FIELDS] = { false };
	struct words w = words_of(text, length);
	unsigned int i;

	if (!words_skip(&w, "Summary:") || !words_next(&w, &line->test, &line->test_length) ||
	    !parse_fields(&w, values, seen))
		return false;
	for (i = 0; i < FIELDS; i++)
		if (fields[i].required && !seen[i])
			return false;

	line->passed = values[FIELD_PASSED];
	line->failed = values[FIELD_FAILED];
	line->xfailed = values[FIELD_XFAILED];
	line->avg_us = values[FIELD_AVG];
	return true;
}

static void note_foreign(struct summary *s, const struct summary_line *line)
{
	size_t n = line->test_length;

	if (n > sizeof(s->foreign_test) - 1)
		n = sizeof(s->foreign_test) - 1;
	memcpy(s->foreign_test, line->test, n);
	s->foreign_test[n] = '\0';
	s->foreign++;
}

static bool is_end_line(const char *text, size_t length)
{
	static const char end[] = "All test took worker";
	struct words w = words_of(text, length);

	return (size_t)(w.limit - w.p) >= sizeof(end) - 1 && memcmp(w.p, end, sizeof(end) - 1) == 0;
}

static void count(struct summary *s, const struct summary_line *line)
{
	if (s->seen < s->workers)
		s->workers_us[s->seen] = line->avg_us;
	s->seen++;
	s->failed += line->failed > 0;
	s->idle += line->passed == 0 && line->failed == 0 && line->xfailed == 0;
}

bool summary_feed(struct summary *s, const char *text, size_t length)
{
	struct summary_line line;

	if (is_end_line(text, length)) {
		s->finished++;
		return true;
	}
	if (!summary_parse(text, length, &line))
		return false;
	if (word_is(line.test, line.test_length, s->test))
		count(s, &line);
	else
		note_foreign(s, &line);
	return true;
}

bool summary_fails_by_design(const char *test)
{
	static const char *const tests[] = { "align_shift_alloc_test", "no_block_alloc_test" };
	size_t i;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		if (strcmp(test, tests[i]) == 0)
			return true;
	return false;
}

bool summary_check(const struct summary *s, char *why, size_t size)
{
	if (s->foreign)
		snprintf(why, size, "The module also ran %s; run_test_mask must have the bit of %s only.",
			 s->foreign_test, s->test);
	else if (s->seen == 0)
		snprintf(why, size, "No Summary line of %s came; does this kernel have the test?",
			 s->test);
	else if (s->seen != s->workers)
		snprintf(why, size, "%u workers reported %s, expected %u.", s->seen, s->test, s->workers);
	else if (s->finished != s->workers)
		snprintf(why, size, "%u workers reported their end, expected %u.", s->finished, s->workers);
	else if (s->idle)
		snprintf(why, size, "%u of %u workers of %s did not run; is there memory for them?",
			 s->idle, s->workers, s->test);
	else if (s->failed && !summary_fails_by_design(s->test))
		snprintf(why, size, "%u of %u workers report a failed test of %s.", s->failed, s->workers,
			 s->test);
	else
		return true;
	return false;
}
