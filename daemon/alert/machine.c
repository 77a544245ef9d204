/* The alert machine's memory: what is open, and what an alert row changes.
 *
 * Rows are the truth.  An entry becomes FIRING only when its alert.raised is
 * folded, and goes only when its alert.resolved is folded; what the machine
 * reported in between stays in flight, however long the row takes. */
#include "alert/store.h"

#include "base/json.h"
#include "base/text.h"

#include <json-c/json.h>

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
	free(entry);
}

int
alert_machine_open(struct alert_machine *m, const struct alert *alert)
{
	struct wall_time repeated_at;
	struct alert_entry *entry;
	size_t i;

	if (reserve_open(m) < 0)
		return ERR_NOMEM;
	entry = alert_store_take(m, alert->id, alert->rule, alert->subject);
	if (entry == NULL)
		return ERR_NOMEM;
	if (is_open(entry))
		take_from_open(m, entry);
	repeated_at = entry->alert.repeated_at;
	entry->alert = *alert;
	entry->alert.repeated_at = repeated_at;
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

static void
copy_member(struct json_object *body, const char *key, char *out, size_t size)
{
	snprintf(out, size, "%s", json_get_string(body, key, ""));
}

static reason_set
reasons_of(struct json_object *body)
{
	struct json_object *list = json_get(body, "reasons");
	reason_set set = 0;
	size_t i, n = json_object_is_type(list, json_type_array)
			  ? json_object_array_length(list)
			  : 0;

	for (i = 0; i < n; i++) {
		const char *code =
		    json_object_get_string(json_object_array_get_idx(list, i));
		enum reason reason;

		if (code != NULL && reason_by_code(code, &reason) == 0)
			set |= reason_bit(reason);
	}
	return set;
}

static int
open_from_body(struct alert_machine *m, struct alert *alert,
	       struct json_object *body)
{
	int severity = severity_by_name(json_get_string(body, "severity", ""));

	if (severity < 0)
		return ERR_INVALID;
	alert->severity = (enum severity)severity;
	alert->reasons = reasons_of(body);
	copy_member(body, "owner", alert->owner, sizeof(alert->owner));
	copy_member(body, "gateway", alert->gateway, sizeof(alert->gateway));
	copy_member(body, "workload", alert->workload, sizeof(alert->workload));
	copy_member(body, "text", alert->text, sizeof(alert->text));
	return alert_machine_open(m, alert);
}

static int
fold_body(struct alert_machine *m, bool raised, struct alert *alert,
	  struct json_object *body)
{
	const char *name = json_get_string(body, "rule", "");
	const struct alert_rule *rule = alert_rule_by_name(name);

	copy_member(body, "subject", alert->subject, sizeof(alert->subject));
	if (name[0] == '\0' || alert->subject[0] == '\0')
		return ERR_INVALID;
	if (rule == NULL)
		return 0;
	alert->rule = rule->id;
	alert_id_set(alert->id, rule->id, alert->subject);
	if (raised)
		return open_from_body(m, alert, body);
	alert_machine_close(m, alert->id);
	return 0;
}

int
alert_machine_fold(struct alert_machine *m, const char *kind, uint64_t seq,
		   struct wall_time at, const char *body, size_t body_len)
{
	struct alert alert = {.seq = seq, .opened_at = at};
	bool raised = strcmp(kind, "alert.raised") == 0;
	struct json_object *value;
	int r;

	if (!raised && strcmp(kind, "alert.resolved") != 0)
		return 0;
	r = json_parse(body, body_len, &JSON_LEDGER_LIMITS, &value, NULL);
	if (r < 0)
		return r;
	r = fold_body(m, raised, &alert, value);
	json_object_put(value);
	return r;
}
