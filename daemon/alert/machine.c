/* The alert machine's memory: what is open, and what an alert row changes.
 *
 * Rows are the truth.  An entry becomes FIRING only when its alert.raised is
 * folded, and goes only when its alert.resolved is folded; what the machine
 * reported in between stays in flight, however long the row takes. */
#include "alert/store.h"

#include "base/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS_MIN = 64 };

struct alert_machine *
alert_machine_new(int64_t group_s)
{
	struct alert_machine *m = calloc(1, sizeof(*m));
	int i;

	if (m == NULL)
		return NULL;
	m->n_buckets = BUCKETS_MIN;
	m->buckets = calloc(m->n_buckets, sizeof(struct alert_entry *));
	if (m->buckets == NULL) {
		free(m);
		return NULL;
	}
	m->group_s = group_s;
	for (i = 0; i < ALERT_RULES; i++)
		alert_machine_set_rule(m, (enum alert_rule_id)i, -1, 0);
	return m;
}

void
alert_machine_free(struct alert_machine *m)
{
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; i < m->n_buckets; i++) {
		while (m->buckets[i] != NULL)
			alert_store_drop(m, m->buckets[i]);
	}
	free(m->buckets);
	free(m->open);
	free(m->silences);
	free(m);
}

void
alert_machine_set_group(struct alert_machine *m, int64_t group_s)
{
	m->group_s = group_s;
}

void
alert_machine_set_rule(struct alert_machine *m, enum alert_rule_id rule,
		       int64_t for_s, int64_t repeat_s)
{
	m->rule[rule].for_s = for_s >= 0 ? for_s : alert_rule(rule)->for_s;
	m->rule[rule].repeat_s = repeat_s > 0 ? repeat_s : 0;
}

void
alert_id_set(char id[static 2 * ALERT_SUBJECT_MAX], enum alert_rule_id rule,
	     const char *subject)
{
	snprintf(id, 2 * ALERT_SUBJECT_MAX, "%s/%s", alert_rule(rule)->name,
		 subject);
}

static struct alert_entry **
bucket_of(const struct alert_machine *m, const char *id)
{
	return &m->buckets[text_hash(id, strlen(id)) & (m->n_buckets - 1)];
}

struct alert_entry *
alert_store_find(const struct alert_machine *m, const char *id)
{
	struct alert_entry *entry = *bucket_of(m, id);

	while (entry != NULL && strcmp(entry->alert.id, id) != 0)
		entry = entry->next;
	return entry;
}

/* One entry a bucket on average.  Without memory for more buckets the chains
 * just grow longer. */
static void
grow_table(struct alert_machine *m)
{
	struct alert_entry **old = m->buckets;
	size_t n_old = m->n_buckets, i;

	m->buckets = calloc(2 * n_old, sizeof(struct alert_entry *));
	if (m->buckets == NULL) {
		m->buckets = old;
		return;
	}
	m->n_buckets = 2 * n_old;
	for (i = 0; i < n_old; i++) {
		while (old[i] != NULL) {
			struct alert_entry *entry = old[i], **home;

			old[i] = entry->next;
			home = bucket_of(m, entry->alert.id);
			entry->next = *home;
			*home = entry;
		}
	}
	free(old);
}

struct alert_entry *
alert_store_take(struct alert_machine *m, const char *id,
		 enum alert_rule_id rule, const char *subject)
{
	struct alert_entry *entry = alert_store_find(m, id), **home;

	if (entry != NULL)
		return entry;
	entry = calloc(1, sizeof(*entry));
	if (entry == NULL)
		return NULL;
	if (m->n_entries >= m->n_buckets)
		grow_table(m);
	snprintf(entry->alert.id, sizeof(entry->alert.id), "%s", id);
	snprintf(entry->alert.subject, sizeof(entry->alert.subject), "%s",
		 subject);
	entry->alert.rule = rule;
	home = bucket_of(m, id);
	entry->next = *home;
	*home = entry;
	m->n_entries++;
	return entry;
}

/* The place in `open` of the first entry that is not before (seq, id). */
static size_t
open_place(const struct alert_machine *m, const struct alert *alert)
{
	size_t low = 0, high = m->n_open;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct alert *there = &m->open[middle]->alert;

		if (there->seq < alert->seq ||
		    (there->seq == alert->seq &&
		     strcmp(there->id, alert->id) < 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_open(const struct alert_entry *entry)
{
	return entry->state == ENTRY_FIRING || entry->state == ENTRY_RESOLVING;
}

static void
take_from_open(struct alert_machine *m, const struct alert_entry *entry)
{
	size_t i = open_place(m, &entry->alert);

	assert(i < m->n_open && m->open[i] == entry);
	m->n_open--;
	memmove(&m->open[i], &m->open[i + 1],
		(m->n_open - i) * sizeof(struct alert_entry *));
}

static int
reserve_open(struct alert_machine *m)
{
	size_t cap = m->cap_open == 0 ? BUCKETS_MIN : 2 * m->cap_open;
	struct alert_entry **open;

	if (m->n_open < m->cap_open)
		return 0;
	open = realloc(m->open, cap * sizeof(struct alert_entry *));
	if (open == NULL)
		return ERR_NOMEM;
	m->open = open;
	m->cap_open = cap;
	return 0;
}

void
alert_store_drop(struct alert_machine *m, struct alert_entry *entry)
{
	struct alert_entry **at = bucket_of(m, entry->alert.id);

	if (is_open(entry))
		take_from_open(m, entry);
	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	m->n_entries--;
	free(entry->text);
	free(entry);
}

int
alert_machine_open(struct alert_machine *m, const struct alert *alert)
{
	struct wall_time repeated_at, silenced_until;
	struct alert_entry *entry;
	char *text;
	bool untold;
	size_t i;

	if (reserve_open(m) < 0)
		return ERR_NOMEM;
	text = strdup(alert->text == NULL ? "" : alert->text);
	if (text == NULL)
		return ERR_NOMEM;
	entry = alert_store_take(m, alert->id, alert->rule, alert->subject);
	if (entry == NULL) {
		free(text);
		return ERR_NOMEM;
	}
	if (is_open(entry))
		take_from_open(m, entry);
	repeated_at = entry->alert.repeated_at;
	silenced_until =
	    alert_silenced_until(m, alert->rule, alert->subject, alert->owner);
	/* This process knows whether it gave the line; a replay does not. */
	untold = entry->state == ENTRY_RAISING
		     ? entry->alert.untold
		     : alert->severity != SEVERITY_INFO &&
			   silenced_until.us > alert->opened_at.us;
	entry->alert = *alert;
	free(entry->text);
	entry->alert.text = entry->text = text;
	entry->alert.repeated_at = repeated_at;
	entry->alert.silenced_until = silenced_until;
	entry->alert.untold = untold;
	entry->row_severity = alert->severity;
	entry->state = ENTRY_FIRING;
	i = open_place(m, alert);
	memmove(&m->open[i + 1], &m->open[i],
		(m->n_open - i) * sizeof(struct alert_entry *));
	m->open[i] = entry;
	m->n_open++;
	return 0;
}

void
alert_machine_close(struct alert_machine *m, const char *id)
{
	struct alert_entry *entry = alert_store_find(m, id);

	if (entry != NULL && is_open(entry))
		alert_store_drop(m, entry);
}

void
alert_machine_resume(struct alert_machine *m, struct wall_time newest_row)
{
	for (size_t i = 0; i < m->n_open; i++) {
		struct alert *alert = &m->open[i]->alert;

		if (alert->silenced_until.us <= newest_row.us)
			alert->untold = false;
	}
}

struct alert *
alert_machine_find(struct alert_machine *m, const char *id)
{
	struct alert_entry *entry = alert_store_find(m, id);

	return entry != NULL && is_open(entry) ? &entry->alert : NULL;
}

const struct alert *
alert_machine_at(const struct alert_machine *m, size_t i)
{
	assert(i < m->n_open);
	return &m->open[i]->alert;
}

size_t
alert_machine_count(const struct alert_machine *m)
{
	return m->n_open;
}

/* ---- silences ---- */

struct wall_time
alert_silenced_until(const struct alert_machine *m, enum alert_rule_id rule,
		     const char *subject, const char *owner)
{
	struct wall_time until = {0};

	for (size_t i = 0; i < m->n_silences; i++) {
		const struct alert_silence *s = &m->silences[i];

		if (s->until.us > until.us &&
		    alert_matcher_fits(&s->matcher, rule, subject, owner))
			until = s->until;
	}
	return until;
}

static void
silences_changed(struct alert_machine *m)
{
	for (size_t i = 0; i < m->n_open; i++) {
		struct alert *alert = &m->open[i]->alert;

		alert->silenced_until = alert_silenced_until(
		    m, alert->rule, alert->subject, alert->owner);
	}
}

size_t
alert_machine_count_fitting(const struct alert_machine *m,
			    const struct alert_matcher *matcher)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_open; i++) {
		const struct alert *a = &m->open[i]->alert;

		n += alert_matcher_fits(matcher, a->rule, a->subject, a->owner);
	}
	return n;
}

const struct alert_silence *
alert_machine_silence(const struct alert_machine *m,
		      const struct alert_matcher *matcher)
{
	for (size_t i = 0; i < m->n_silences; i++) {
		if (alert_matcher_equal(&m->silences[i].matcher, matcher))
			return &m->silences[i];
	}
	return NULL;
}

static void
drop_silence(struct alert_machine *m, size_t i)
{
	m->n_silences--;
	memmove(&m->silences[i], &m->silences[i + 1],
		(m->n_silences - i) * sizeof(m->silences[0]));
}

void
alert_machine_unsilence(struct alert_machine *m,
			const struct alert_matcher *matcher)
{
	const struct alert_silence *s = alert_machine_silence(m, matcher);

	if (s == NULL)
		return;
	drop_silence(m, (size_t)(s - m->silences));
	silences_changed(m);
}

int
alert_machine_add_silence(struct alert_machine *m,
			  const struct alert_silence *silence)
{
	struct alert_silence *more;

	alert_machine_unsilence(m, &silence->matcher);
	more = reallocarray(m->silences, m->n_silences + 1, sizeof(*more));
	if (more == NULL)
		return ERR_NOMEM;
	m->silences = more;
	m->silences[m->n_silences++] = *silence;
	silences_changed(m);
	return 0;
}

/* What is over needs no word: the times that alerts have of it are over,
 * too. */
void
alert_machine_forget_silences(struct alert_machine *m, struct wall_time at)
{
	for (size_t i = m->n_silences; i > 0; i--) {
		if (m->silences[i - 1].until.us <= at.us)
			drop_silence(m, i - 1);
	}
}

const struct alert_silence *
alert_machine_silence_at(const struct alert_machine *m, size_t i)
{
	assert(i < m->n_silences);
	return &m->silences[i];
}

size_t
alert_machine_silence_count(const struct alert_machine *m)
{
	return m->n_silences;
}
