/* Bodies of alert rows.  All members are always there, so that a reader needs
 * no cases; keys ascend. */
#include "alert/machine.h"

#include "base/json.h"
#include "base/text.h"

#include <string.h>

#define UNALLOCATED "(unallocated)"

static const char *
owner_or_none(const char *owner)
{
	return owner[0] != '\0' ? owner : UNALLOCATED;
}

/* For the journal field: a workload's own alert is about that workload. */
static const char *
workload_of(enum alert_rule_id rule, const char *workload, const char *subject)
{
	return workload[0] == '\0' &&
		       alert_rule(rule)->subject == SUBJECT_WORKLOAD
		   ? subject
		   : workload;
}

/* A detail may hold words that a gateway or a page sent. */
static void
put_clean(struct json_writer *w, const char *key, const char *text)
{
	struct buf clean = {0};

	text_clean(&clean, text, strlen(text), strlen(text));
	json_put_string(w, key, buf_text(&clean));
	w->out->failed |= clean.failed;
	buf_free(&clean);
}

static void
put_evidence(struct json_writer *w, const struct alert_condition *c)
{
	size_t i;

	json_array_open(w, "evidence");
	for (i = 0; i < c->n_evidence && i < ALERT_EVIDENCE_MAX; i++)
		json_put_int(w, NULL, (int64_t)c->evidence[i]);
	json_array_close(w);
}

static void
put_reasons(struct json_writer *w, reason_set reasons)
{
	int i;

	json_array_open(w, "reasons");
	for (i = 0; i < REASONS; i++) {
		enum reason reason = (enum reason)i;

		if ((reasons & reason_bit(reason)) != 0)
			json_put_string(w, NULL, reason_info(reason)->code);
	}
	json_array_close(w);
}

static int
finish(const struct json_writer *w)
{
	if (json_writer_ok(w))
		return 0;
	return w->out->failed ? ERR_NOMEM : ERR_INVALID;
}

int
alert_raised_body(struct buf *out, const struct transition *t)
{
	const struct alert_condition *c = &t->condition;
	char since[WALL_RFC3339_LEN + 1];
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_int(&w, "count", (int64_t)t->count);
	put_clean(&w, "detail", c->detail);
	put_evidence(&w, c);
	json_put_string(&w, "gateway", c->gateway);
	json_put_string(&w, "group", t->group);
	json_put_int(&w, "holds_owners", c->holds_owners);
	json_put_int(&w, "holds_workloads", c->holds_workloads);
	json_put_bool(&w, "lead", t->lead);
	json_put_string(&w, "owner", owner_or_none(c->owner));
	put_reasons(&w, c->reasons);
	json_put_string(&w, "rule", alert_rule(c->rule)->name);
	json_put_string(&w, "severity", severity_name(c->severity));
	json_put_string_or_null(
	    &w, "since",
	    c->since.us == 0 ? NULL : wall_format(c->since, since));
	json_put_string(&w, "subject", c->subject);
	json_put_string(&w, "text", t->text);
	json_put_string(&w, "workload",
			workload_of(c->rule, c->workload, c->subject));
	json_object_close(&w);
	return finish(&w);
}

int
alert_resolved_body(struct buf *out, const struct transition *t)
{
	const struct alert *a = &t->alert;
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_int(&w, "count", (int64_t)t->count);
	json_put_string(&w, "gateway", a->gateway);
	json_put_string(&w, "group", t->group);
	json_put_bool(&w, "lead", t->lead);
	json_put_string(&w, "owner", owner_or_none(a->owner));
	json_put_int(&w, "raised_seq", (int64_t)a->seq);
	put_reasons(&w, a->reasons);
	json_put_string(&w, "resolution", t->resolution);
	json_put_string(&w, "rule", alert_rule(a->rule)->name);
	json_put_string(&w, "severity", severity_name(a->severity));
	json_put_string(&w, "subject", a->subject);
	json_put_string(&w, "text", t->text);
	json_put_string(&w, "workload",
			workload_of(a->rule, a->workload, a->subject));
	json_object_close(&w);
	return finish(&w);
}
