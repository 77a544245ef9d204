/* A workload and a day with which nothing is wrong: the judgement is pass.
 * Tests spoil one thing and look at what the judgement says. */
#ifndef TESTS_VERDICT_PASSING_H
#define TESTS_VERDICT_PASSING_H

#include "verdict/judge.h"

enum {
	PASSING_SOURCES = 5, /* one of each kind, in the order of the kinds */
	PASSING_LAG_S = 1200
};

struct passing {
	struct owner owner;
	struct environment environment;
	struct allocation_rule rule;
	struct unit_metric metric;
	struct profile profile;
	struct gateway gateway;
	struct source sources[WORKLOAD_SOURCES_MAX];
	const struct source *source_list[WORKLOAD_SOURCES_MAX];
	struct workload workload;
	struct config config;

	struct day_evidence evidence;
	struct source_fact facts[WORKLOAD_SOURCES_MAX];
	const struct source_fact *fact_list[WORKLOAD_SOURCES_MAX];
	struct cap_fact cap;
	struct record_fact previous;
	struct judge_input input;
};

/* 2026-07-03, judged at 09:12:00Z, the day not closed. */
void passing_set_up(struct passing *p);

/* An instant of the day judged. */
struct wall_time passing_at(const struct passing *p, int hour, int minute,
			    int second);

/* An approval of the text that was read last. */
void passing_approve(struct source_fact *fact, struct wall_time at,
		     uint64_t seq);

/* judge(), which must work; the caller frees the record. */
struct record passing_judge(const struct passing *p);

#endif
