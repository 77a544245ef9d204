/* One source on the day that is judged.  Two questions are asked, and each
 * has at most one answer: was it read, and is what was read approved?
 *
 *   reason                      applies when
 *   was it read?  (setup and pricing: on the day; others: within 31 days)
 *   SOURCE_LOST                 3 reads in a row over 2 h found it gone,
 *                               moved, blocked or no longer itself, and it
 *                               was not read on the day
 *   SOURCE_UNREACHABLE          it is not current, and the newest attempt,
 *                               of the day, got no answer or a server error
 *   PRICING_NOT_SAME_DAY        none of these, the day is closed: pricing
 *   SETUP_STALE                 ... setup
 *   SOURCE_STALE                ... one of the other kinds
 *   is it approved?  (of the newest good read)
 *   SOURCE_UNAPPROVED           no snapshot of it was ever approved
 *   CHANGE_UNAPPROVED           the approved text is another one, and the
 *                               read is the newer of the two
 *   PRICING_REFERENCE_MISMATCH  pricing: the approved text is another one
 *                               and the approval is the newer of the two;
 *                               of other kinds this is CHANGE_UNAPPROVED
 *   APPROVAL_EXPIRED            the texts are equal, the approval is older
 *                               than approval_max_age
 *
 * Where the workload wants pricing reviewed by a person, a read that equals
 * an approval of an earlier day is not enough: PRICING_NOT_SAME_DAY once the
 * day is closed.  An attestation of the day that is not older than the
 * newest good read answers both questions.  SOURCE_MISSING is asked of the
 * workload, in judge.c. */
#include "verdict/reference.h"
#include "verdict/approval.h"

#include <string.h>

/* What of a source_fact rests on rows, seen from the day. */
struct facts {
	const struct judge_input *input;
	const struct source *source;
	const struct source_fact *fact;
};

/* Instants after the day are not looked at. */
static struct wall_time
as_of(const struct judge_input *input)
{
	struct wall_time end = wall_day_start(input->day + 1);

	return input->now.us < end.us ? input->now : end;
}

static bool
on_day(const struct judge_input *input, struct wall_time t)
{
	return wall_day(t) == input->day;
}

static bool
was_read(const struct source_fact *fact)
{
	return fact->read && fact->read_seq != 0;
}

static bool
was_approved(const struct source_fact *fact)
{
	return fact->approved && fact->approved_seq != 0;
}

static bool
attestation_stands(const struct facts *f)
{
	const struct source_fact *fact = f->fact;

	return f->input->workload->allow_attestation && fact->attested &&
	       fact->attested_seq != 0 && on_day(f->input, fact->attested_at) &&
	       (!was_read(fact) || fact->attested_at.us >= fact->read_at.us);
}

int32_t
reference_max_days(enum source_kind kind)
{
	return kind == SOURCE_PRICING || kind == SOURCE_SETUP
		   ? 0
		   : REFERENCE_MAX_DAYS;
}

static bool
is_current(const struct facts *f)
{
	int32_t age;

	if (!was_read(f->fact))
		return false;
	age = f->input->day - wall_day(f->fact->read_at);
	return age >= 0 && age <= reference_max_days(f->source->kind);
}

static bool
is_lost(const struct source_fact *fact)
{
	return fact->tried && fact->tried_seq != 0 &&
	       fact->bad_reads >= REFERENCE_LOST_READS &&
	       fact->tried_at.us - fact->bad_since.us >=
		   REFERENCE_LOST_S * USEC_PER_SEC;
}

/* Of a pricing page it is told whether the page changed or another text was
 * approved. */
static reason_set
approval_reason(const struct facts *f)
{
	const struct source_fact *fact = f->fact;
	enum approval approval = approval_of(f->source, fact, as_of(f->input));

	if (approval == APPROVAL_CHANGED && f->source->kind == SOURCE_PRICING &&
	    fact->approved_at.us >= fact->read_at.us)
		return reason_bit(REASON_PRICING_REFERENCE_MISMATCH);
	return approval_reasons(approval);
}

static enum reason
stale_reason(enum source_kind kind)
{
	switch (kind) {
	case SOURCE_PRICING:
		return REASON_PRICING_NOT_SAME_DAY;
	case SOURCE_SETUP:
		return REASON_SETUP_STALE;
	case SOURCE_SUPPORT:
	case SOURCE_ALLOCATION:
	case SOURCE_UNIT_ECONOMICS:
	case SOURCE_KINDS:
		break;
	}
	return REASON_SOURCE_STALE;
}

enum reason
reference_unread_reason(const struct source *source,
			const struct source_fact *fact, int32_t day)
{
	return fact->tried && fact->tried_seq != 0 &&
		       wall_day(fact->tried_at) == day &&
		       fact->tried_outcome == PAGE_ERROR
		   ? REASON_SOURCE_UNREACHABLE
		   : stale_reason(source->kind);
}

static reason_set
read_reason(const struct facts *f, const struct reference *reference)
{
	enum reason reason;

	if (!reference->read && is_lost(f->fact))
		return reason_bit(REASON_SOURCE_LOST);
	if (reference->current)
		return 0;
	reason = reference_unread_reason(f->source, f->fact, f->input->day);
	return reason == REASON_SOURCE_UNREACHABLE || f->input->closed
		   ? reason_bit(reason)
		   : 0;
}

/* True when a person must look, and none has on that day. */
static bool
lacks_person(const struct facts *f)
{
	return f->source->kind == SOURCE_PRICING &&
	       f->input->workload->pricing_review == REVIEW_HUMAN &&
	       !(was_approved(f->fact) &&
		 on_day(f->input, f->fact->approved_at));
}

struct reference
reference_find(const struct judge_input *input, const struct source *source,
	       const struct source_fact *fact)
{
	static const struct source_fact unknown;
	struct facts f = {input, source, fact == NULL ? &unknown : fact};
	struct reference ret = {0};

	ret.read = was_read(f.fact) && on_day(input, f.fact->read_at);
	ret.attested = attestation_stands(&f);
	if (ret.attested) {
		ret.current = ret.reviewed = ret.settled = true;
		return ret;
	}
	ret.current = is_current(&f);
	ret.reasons = approval_reason(&f);
	ret.reviewed = ret.current && ret.reasons == 0 && !lacks_person(&f);
	ret.settled = (ret.current && !lacks_person(&f)) || input->closed;
	ret.reasons |= read_reason(&f, &ret);
	if (ret.current && lacks_person(&f) && input->closed)
		ret.reasons |= reason_bit(stale_reason(source->kind));
	return ret;
}
