/* A text that comes back is the same snapshot: what was approved once is seen
 * again under its old approval.  An approval or attestation that was corrected
 * is none. */
#include "report/snapshots.h"
#include "base/json_pick.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum member {
	MEMBER_CORRECTS,
	MEMBER_OUTCOME,
	MEMBER_READ_AT,
	MEMBER_ROLE,
	MEMBER_SOURCE,
	MEMBER_TEXT,
	MEMBERS
};

static const char *const member_names[MEMBERS] = {
    [MEMBER_CORRECTS] = "corrects", [MEMBER_OUTCOME] = "outcome",
    [MEMBER_READ_AT] = "read_at",   [MEMBER_ROLE] = "role",
    [MEMBER_SOURCE] = "source",	    [MEMBER_TEXT] = "text_sha256",
};

enum { WORD_SIZE = 80 };

void
snapshots_init(struct snapshots *s, int32_t first, int n_days)
{
	*s = (struct snapshots){.first = first, .n_days = n_days};
}

void
snapshots_free(struct snapshots *s)
{
	free(s->all);
	s->all = NULL;
	s->n = 0;
}

static struct snapshot *
make(struct snapshots *s, const char *source, const struct digest *text)
{
	struct snapshot *more;

	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->all[i].source, source) == 0 &&
		    digest_equal(&s->all[i].text, text))
			return &s->all[i];
	}
	more = reallocarray(s->all, s->n + 1, sizeof(*more));
	if (more == NULL)
		return NULL;
	s->all = more;
	more = &s->all[s->n++];
	*more = (struct snapshot){.text = *text};
	memcpy(more->source, source, strlen(source) + 1);
	return more;
}

/* -1: outside of the period. */
static int
place(const struct snapshots *s, int32_t day)
{
	return day < s->first || day >= s->first + s->n_days
		   ? -1
		   : (int)(day - s->first);
}

static bool
is_good_read(const struct json_slice of[MEMBERS])
{
	enum page_outcome outcome;
	char word[WORD_SIZE];

	return json_slice_string(&of[MEMBER_OUTCOME], word, sizeof(word)) &&
	       page_outcome_by_name(word, &outcome) == 0 &&
	       page_outcome_good(outcome);
}

static void
apply_read(const struct snapshots *s, struct snapshot *x, const struct row *row,
	   const struct json_slice of[MEMBERS])
{
	struct wall_time at;
	char word[WORD_SIZE];
	int i;

	if (!is_good_read(of))
		return;
	if (!json_slice_string(&of[MEMBER_READ_AT], word, sizeof(word)) ||
	    wall_parse(word, &at) < 0)
		at = row->at;
	i = place(s, wall_day(at));
	if (i >= 0)
		x->read[i] = true;
}

static void
apply_attested(const struct snapshots *s, struct snapshot *x,
	       const struct row *row, const struct json_slice of[MEMBERS])
{
	int i = place(s, wall_day(row->at));

	(void)of;
	if (i >= 0)
		x->attested[i] = row->seq;
}

static void
apply_approved(const struct snapshots *s, struct snapshot *x,
	       const struct row *row, const struct json_slice of[MEMBERS])
{
	(void)s;
	x->approved = true;
	x->approved_at = row->at;
	x->approved_seq = row->seq;
	json_slice_string(&of[MEMBER_ROLE], x->approved_role,
			  sizeof(x->approved_role));
}

static void
forget(const struct snapshots *s, struct snapshot *x, uint64_t seq)
{
	if (x->approved && x->approved_seq == seq)
		x->approved = false;
	for (int i = 0; i < s->n_days; i++) {
		if (x->attested[i] == seq)
			x->attested[i] = 0;
	}
}

static void
take_back(struct snapshots *s, const struct json_slice *corrects)
{
	static const char *const names[] = {"seq"};
	struct json_slice seq;
	int64_t n;

	if (corrects->at == NULL ||
	    !json_pick(corrects->at, corrects->len, names, 1, &seq) ||
	    !json_slice_int(&seq, &n) || n <= 0)
		return;
	for (size_t i = 0; i < s->n; i++)
		forget(s, &s->all[i], (uint64_t)n);
}

static const struct {
	const char *kind;
	void (*apply)(const struct snapshots *s, struct snapshot *x,
		      const struct row *row,
		      const struct json_slice of[MEMBERS]);
} kinds[] = {
    {"attest.source", apply_attested},
    {"check.source", apply_read},
    {"source.approved", apply_approved},
};

static bool
read_text(const struct json_slice *slice, struct digest *ret)
{
	char hex[DIGEST_HEX_LEN + 1];

	return json_slice_string(slice, hex, sizeof(hex)) &&
	       strlen(hex) == DIGEST_HEX_LEN &&
	       hex_decode(hex, DIGEST_LEN, ret->bytes) == 0;
}

int
snapshots_apply(struct snapshots *s, const struct row *row)
{
	struct json_slice of[MEMBERS];
	char source[LABEL_MAX + 1];
	struct digest text;

	if (!json_pick(row->body, row->body_len, member_names, MEMBERS, of))
		return 0;
	if (strcmp(row->kind, "correction") == 0)
		take_back(s, &of[MEMBER_CORRECTS]);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct snapshot *x;

		if (strcmp(kinds[i].kind, row->kind) != 0 ||
		    !json_slice_string(&of[MEMBER_SOURCE], source,
				       sizeof(source)) ||
		    !text_is_label(source) ||
		    !read_text(&of[MEMBER_TEXT], &text))
			continue;
		x = make(s, source, &text);
		if (x == NULL)
			return ERR_NOMEM;
		kinds[i].apply(s, x, row, of);
	}
	return 0;
}

struct snapshot_seen
snapshot_seen(const struct snapshots *s, const struct snapshot *x)
{
	struct snapshot_seen seen = {.first = INT32_MAX, .last = INT32_MAX};

	for (int i = 0; i < s->n_days; i++) {
		if (!x->read[i] && x->attested[i] == 0)
			continue;
		if (seen.first == INT32_MAX)
			seen.first = s->first + i;
		seen.last = s->first + i;
		seen.by_evidenced |= x->read[i];
		seen.by_person |= x->attested[i] != 0;
	}
	return seen;
}
