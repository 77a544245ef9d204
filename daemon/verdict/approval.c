/* The newest good read is compared with the newest approval: by the digest of
 * the text, never by the short name of a snapshot. */
#include "verdict/approval.h"

#include <assert.h>

static const struct {
	const char *name;
	reason_set reasons;
} table[] = {
    [APPROVAL_UNREAD] = {NULL, 0},
    [APPROVAL_UNAPPROVED] = {"unapproved", UINT64_C(1)
					       << REASON_SOURCE_UNAPPROVED},
    [APPROVAL_CHANGED] = {"changed", UINT64_C(1) << REASON_CHANGE_UNAPPROVED},
    [APPROVAL_EXPIRED] = {"expired", UINT64_C(1) << REASON_APPROVAL_EXPIRED},
    [APPROVAL_APPROVED] = {"approved", 0},
};

struct wall_time
approval_expires(const struct source *source, const struct source_fact *fact)
{
	if (!fact->approved || source->approval_max_age_s == 0)
		return (struct wall_time){0};
	return (struct wall_time){fact->approved_at.us +
				  source->approval_max_age_s * USEC_PER_SEC};
}

enum approval
approval_of(const struct source *source, const struct source_fact *fact,
	    struct wall_time at)
{
	struct wall_time expires;

	if (fact == NULL || !fact->read || fact->read_seq == 0)
		return APPROVAL_UNREAD;
	if (!fact->approved || fact->approved_seq == 0)
		return APPROVAL_UNAPPROVED;
	if (!digest_equal(&fact->approved_text, &fact->text))
		return APPROVAL_CHANGED;
	expires = approval_expires(source, fact);
	return expires.us != 0 && at.us >= expires.us ? APPROVAL_EXPIRED
						      : APPROVAL_APPROVED;
}

const char *
approval_name(enum approval approval)
{
	assert((unsigned int)approval <= APPROVAL_APPROVED);
	return table[approval].name;
}

reason_set
approval_reasons(enum approval approval)
{
	assert((unsigned int)approval <= APPROVAL_APPROVED);
	return table[approval].reasons;
}
