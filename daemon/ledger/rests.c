/* Of every row its kind, a hash of whom it is about, and a hash of what it
 * says of that are kept.  Equal words have equal hashes, so what is found is
 * never false; that a wrong row goes by needs a collision.
 *
 *	what names it    may be                     about the same
 *	evidence         check.happy, check.usage,  workload
 *	                 attest.usage, decision
 *	                 check.error                workload; where one error
 *	                                            path serves a gateway,
 *	                                            environment
 *	                 check.source,              (any source)
 *	                 attest.source,
 *	                 source.approved
 *	cap.seq          decision                   workload and decision
 *	approved_seq     source.approved            source and snapshot
 *	read_seq         check.source               source and snapshot
 *
 * A record names its sources only as far as they were read on its day, so
 * nothing in it tells of which source a row of its evidence may be. */
#include "ledger/rests.h"
#include "base/json_pick.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum bearer {
	BEARER_NONE, /* a row that nothing rests on */
	BEARER_HAPPY,
	BEARER_ERROR,
	BEARER_SHARED_ERROR,
	BEARER_USAGE,
	BEARER_ATTESTED_USAGE,
	BEARER_DECISION,
	BEARER_SOURCE,
	BEARER_ATTESTED_SOURCE,
	BEARER_APPROVAL,
};

/* Members are looked for in this order, which is ascending. */
enum member {
	MEMBER_CAP,
	MEMBER_DECISION,
	MEMBER_ENVIRONMENT,
	MEMBER_EVIDENCE,
	MEMBER_PRICING,
	MEMBER_READ_SEQ,
	MEMBER_SCOPE,
	MEMBER_SNAPSHOT,
	MEMBER_SOURCE,
	MEMBER_WORKLOAD,
	MEMBERS
};

static const char *const member_names[MEMBERS] = {
    [MEMBER_CAP] = "cap",
    [MEMBER_DECISION] = "decision",
    [MEMBER_ENVIRONMENT] = "environment",
    [MEMBER_EVIDENCE] = "evidence",
    [MEMBER_PRICING] = "pricing_reference",
    [MEMBER_READ_SEQ] = "read_seq",
    [MEMBER_SCOPE] = "scope",
    [MEMBER_SNAPSHOT] = "snapshot",
    [MEMBER_SOURCE] = "source",
    [MEMBER_WORKLOAD] = "workload_label",
};

/* Members of a record's objects, ascending as well. */
static const char *const cap_names[] = {"decision", "seq"};
static const char *const pricing_names[] = {"approved_seq", "snapshot",
					    "source"};

static const struct {
	const char *kind;
	enum bearer bearer;
	enum member subject, detail; /* MEMBERS: none */
} bearers[] = {
    {"attest.source", BEARER_ATTESTED_SOURCE, MEMBER_SOURCE, MEMBERS},
    {"attest.usage", BEARER_ATTESTED_USAGE, MEMBER_WORKLOAD, MEMBERS},
    {"check.error", BEARER_ERROR, MEMBER_WORKLOAD, MEMBER_ENVIRONMENT},
    {"check.happy", BEARER_HAPPY, MEMBER_WORKLOAD, MEMBERS},
    {"check.source", BEARER_SOURCE, MEMBER_SOURCE, MEMBER_SNAPSHOT},
    {"check.usage", BEARER_USAGE, MEMBER_WORKLOAD, MEMBERS},
    {"decision", BEARER_DECISION, MEMBER_WORKLOAD, MEMBER_DECISION},
    {"source.approved", BEARER_APPROVAL, MEMBER_SOURCE, MEMBER_SNAPSHOT},
};

struct rests_row {
	uint32_t subject, detail;
	uint32_t bearer; /* enum bearer */
};

enum claim_of { CLAIM_EVIDENCE, CLAIM_CAP, CLAIM_APPROVED, CLAIM_READ };

struct rests_claim {
	uint64_t by, seq; /* the row, and the one that it names */
	enum claim_of of;
	uint32_t subject, detail;
};

static const char *const claim_names[] = {
    [CLAIM_EVIDENCE] = "evidence",
    [CLAIM_CAP] = "cap.seq",
    [CLAIM_APPROVED] = "pricing_reference.approved_seq",
    [CLAIM_READ] = "read_seq",
};

/* Of a value as it stands in the text: equal values stand there equally. */
static uint32_t
hash(const struct json_slice *slice)
{
	return slice->at == NULL ? 0 : text_hash(slice->at, slice->len);
}

static bool
is_kind(const struct row_parts *parts, const char *kind)
{
	return strlen(kind) == parts->kind_len &&
	       memcmp(kind, parts->kind, parts->kind_len) == 0;
}

static struct rests_row
bearer_of(const struct row_parts *parts, const struct json_slice *found)
{
	struct rests_row row = {.bearer = BEARER_NONE};

	for (size_t i = 0; i < sizeof(bearers) / sizeof(bearers[0]); i++) {
		if (!is_kind(parts, bearers[i].kind))
			continue;
		row.bearer = bearers[i].bearer;
		row.subject = hash(&found[bearers[i].subject]);
		if (bearers[i].detail != MEMBERS)
			row.detail = hash(&found[bearers[i].detail]);
	}
	if (row.bearer == BEARER_ERROR &&
	    json_slice_is(&found[MEMBER_SCOPE], "gateway"))
		row.bearer = BEARER_SHARED_ERROR;
	return row;
}

/* null names no row. */
static void
claim(struct rests_part *p, uint64_t by, enum claim_of of,
      const struct json_slice *seq, const struct json_slice *subject,
      const struct json_slice *detail)
{
	struct rests_claim c = {.by = by,
				.of = of,
				.subject = hash(subject),
				.detail = hash(detail)};
	int64_t value;

	if (!json_slice_int(seq, &value))
		return;
	c.seq = (uint64_t)value;
	buf_add(&p->claims, &c, sizeof(c));
}

static void
take_record(struct rests_part *p, uint64_t by, const struct json_slice *found)
{
	const struct json_slice *cap = &found[MEMBER_CAP],
				*pricing = &found[MEMBER_PRICING];
	struct json_slice in[3], seq;
	size_t at = 0;

	while (json_slice_next(&found[MEMBER_EVIDENCE], &at, &seq))
		claim(p, by, CLAIM_EVIDENCE, &seq, &found[MEMBER_WORKLOAD],
		      &found[MEMBER_ENVIRONMENT]);
	if (cap->at != NULL && json_pick(cap->at, cap->len, cap_names, 2, in))
		claim(p, by, CLAIM_CAP, &in[1], &found[MEMBER_WORKLOAD],
		      &in[0]);
	if (pricing->at != NULL &&
	    json_pick(pricing->at, pricing->len, pricing_names, 3, in))
		claim(p, by, CLAIM_APPROVED, &in[0], &in[2], &in[1]);
}

void
rests_take(struct rests_part *p, const struct row_parts *parts, bool fits)
{
	struct json_slice found[MEMBERS] = {{NULL, 0}};
	struct rests_row row;

	json_pick(parts->body, parts->body_len, member_names, MEMBERS, found);
	row = bearer_of(parts, found);
	buf_add(&p->rows, &row, sizeof(row));
	if (fits && is_kind(parts, "record"))
		take_record(p, parts->seq, found);
	else if (fits && row.bearer == BEARER_APPROVAL)
		claim(p, parts->seq, CLAIM_READ, &found[MEMBER_READ_SEQ],
		      &found[MEMBER_SOURCE], &found[MEMBER_SNAPSHOT]);
}

void
rests_part_free(struct rests_part *p)
{
	buf_free(&p->rows);
	buf_free(&p->claims);
}

static const char *
judge_evidence(const struct rests_claim *c, const struct rests_row *row)
{
	switch ((enum bearer)row->bearer) {
	case BEARER_NONE:
		return "can be no evidence";
	case BEARER_SHARED_ERROR:
		if (row->detail == c->detail)
			return NULL;
		break;
	case BEARER_SOURCE:
	case BEARER_ATTESTED_SOURCE:
	case BEARER_APPROVAL:
		return NULL;
	case BEARER_HAPPY:
	case BEARER_ERROR:
	case BEARER_USAGE:
	case BEARER_ATTESTED_USAGE:
	case BEARER_DECISION:
		break;
	}
	return row->subject == c->subject ? NULL : "is about another workload";
}

/* NULL, or what is wrong with the row that is named. */
static const char *
judge_row(const struct rests_claim *c, const struct rests_row *row)
{
	bool same = row->subject == c->subject && row->detail == c->detail;

	switch (c->of) {
	case CLAIM_EVIDENCE:
		return judge_evidence(c, row);
	case CLAIM_CAP:
		return row->bearer != BEARER_DECISION ? "is no decision"
		       : same			      ? NULL
			      : "decides something else";
	case CLAIM_APPROVED:
		return row->bearer != BEARER_APPROVAL ? "is no approval"
		       : same			      ? NULL
						      : "approves another text";
	case CLAIM_READ:
		return row->bearer != BEARER_SOURCE ? "is no read of a source"
		       : same			    ? NULL
						    : "read another text";
	}
	return NULL;
}

/* Untold: the row that is named was pruned. */
static const char *
judge(const struct rests *r, const struct rests_claim *c, bool *ret_untold)
{
	const struct rests_row *rows = (const void *)buf_text(&r->rows);

	*ret_untold = c->seq < r->first;
	if (c->seq >= c->by)
		return "does not stand before it";
	return *ret_untold ? NULL : judge_row(c, &rows[c->seq - r->first]);
}

static void
note(struct rests_fault *ret, const struct rests_claim *c, const char *what)
{
	if (ret->rows++ > 0)
		return;
	ret->seq = c->by;
	snprintf(ret->why, sizeof(ret->why),
		 "lint: its %s names row %" PRId64 ", which %s",
		 claim_names[c->of], (int64_t)c->seq, what);
}

int
rests_judge(struct rests *r, const struct rests_part *p,
	    struct rests_fault *ret)
{
	const struct rests_claim *claims = (const void *)buf_text(&p->claims);
	size_t n = p->claims.len / sizeof(claims[0]);
	uint64_t told = UINT64_MAX, counted = UINT64_MAX; /* rows */

	*ret = (struct rests_fault){0};
	buf_add(&r->rows, p->rows.data, p->rows.len);
	if (r->rows.failed || p->rows.failed || p->claims.failed)
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		bool untold;
		const char *what = judge(r, &claims[i], &untold);

		if (what != NULL && claims[i].by != told) {
			note(ret, &claims[i], what);
			told = claims[i].by;
		}
		if (untold && claims[i].by != counted) {
			r->untold++;
			counted = claims[i].by;
		}
	}
	return 0;
}
