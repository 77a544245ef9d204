/* The stable names of outcomes, usage states, readings, looks and triggers.
 *
 * Every table is indexed by its enum, so that a value without a name is a
 * NULL that the unit test of the names finds. */
#include "check/observe.h"
#include "check/rows.h"

#include <assert.h>
#include <string.h>

static const char *const outcome_names[OUTCOMES] = {
    [OUTCOME_NONE] = "none",
    [OUTCOME_PASS] = "pass",
    [OUTCOME_REJECTED] = "rejected",
    [OUTCOME_USAGE_ABSENT] = "usage_absent",
    [OUTCOME_ACCEPTED] = "accepted",
    [OUTCOME_UNREACHABLE] = "unreachable",
    [OUTCOME_SERVER_ERROR] = "server_error",
    [OUTCOME_THROTTLED] = "throttled",
    [OUTCOME_BLOCKED] = "blocked",
    [OUTCOME_CREDENTIAL_REJECTED] = "credential_rejected",
    [OUTCOME_QUOTA_EXHAUSTED] = "quota_exhausted",
    [OUTCOME_IN_BAND_ERROR] = "in_band_error",
    [OUTCOME_MALFORMED] = "malformed",
    [OUTCOME_REDIRECTED] = "redirected",
    [OUTCOME_UNCLASSIFIED] = "unclassified",
    [OUTCOME_CREDENTIAL_MISSING] = "credential_missing",
    [OUTCOME_STOPPED] = "stopped",
};

static const char *const usage_state_names[] = {
    [USAGE_MISSING] = "missing",
    [USAGE_NULL] = "null",
    [USAGE_ZERO] = "zero",
    [USAGE_PRESENT] = "present",
    [USAGE_WRONG_TYPE] = "wrong_type",
    [USAGE_OUT_OF_RANGE] = "out_of_range",
};

static const char *const reading_names[] = {
    [READING_OK] = "ok",
    [READING_THROTTLED] = "throttled",
    [READING_UNREACHABLE] = "unreachable",
    [READING_REJECTED] = "rejected",
    [READING_MALFORMED] = "malformed",
};

static const char *const look_names[] = {
    [LOOK_BEFORE] = "before",
    [LOOK_VISIBLE] = "visible",
    [LOOK_NOT_YET] = "not_yet",
    [LOOK_NOT_VISIBLE] = "not_visible",
    [LOOK_UNREACHABLE] = "unreachable",
    [LOOK_LABEL_MISMATCH] = "label_mismatch",
    [LOOK_RESPONSE] = "response",
};

static const char *const trigger_names[] = {
    [TRIGGER_SCHEDULE] = "schedule",   [TRIGGER_CATCH_UP] = "catch_up",
    [TRIGGER_REOBSERVE] = "reobserve", [TRIGGER_MANUAL] = "manual",
    [TRIGGER_INTAKE] = "intake",
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char *
outcome_name(enum outcome outcome)
{
	assert((size_t)outcome < COUNT(outcome_names));
	return outcome_names[outcome];
}

enum outcome
outcome_by_name(const char *name)
{
	for (size_t i = 0; i < COUNT(outcome_names); i++) {
		if (strcmp(outcome_names[i], name) == 0)
			return (enum outcome)i;
	}
	return OUTCOME_NONE;
}

bool
outcome_conclusive(enum outcome outcome)
{
	return outcome == OUTCOME_PASS || outcome == OUTCOME_REJECTED ||
	       outcome == OUTCOME_USAGE_ABSENT || outcome == OUTCOME_ACCEPTED;
}

const char *
usage_state_name(enum usage_state state)
{
	assert((size_t)state < COUNT(usage_state_names));
	return usage_state_names[state];
}

const char *
reading_outcome_name(enum reading_outcome outcome)
{
	assert((size_t)outcome < COUNT(reading_names));
	return reading_names[outcome];
}

const char *
look_outcome_name(enum look_outcome outcome)
{
	assert((size_t)outcome < COUNT(look_names));
	return look_names[outcome];
}

enum look_outcome
look_outcome_by_name(const char *name, bool *ret_known)
{
	for (size_t i = 0; i < COUNT(look_names); i++) {
		if (strcmp(look_names[i], name) == 0) {
			*ret_known = true;
			return (enum look_outcome)i;
		}
	}
	*ret_known = false;
	return LOOK_BEFORE;
}

const char *
run_trigger_name(enum run_trigger trigger)
{
	assert((size_t)trigger < COUNT(trigger_names));
	return trigger_names[trigger];
}
