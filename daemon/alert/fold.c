/* What an alert row changes in the machine, read from its body.
 *
 *   alert.raised     opens          alert.silenced    mutes what fits
 *   alert.resolved   closes         alert.unsilenced  ends that
 *   alert.acked      keeps an open one from being repeated for a time
 *
 * A word about an alert that is no longer that one counts for nothing. */
#include "alert/store.h"

#include "base/json.h"

#include <json-c/json.h>

#include <stdio.h>
#include <string.h>

/* A row, as far as all of its kinds have it in common. */
struct alert_row {
	uint64_t seq;
	struct wall_time at;
	struct json_object *body;
};

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
	alert->text = json_get_string(body, "text", "");
	return alert_machine_open(m, alert);
}

/* Names the alert that a row is about; false: a rule of another build. */
static bool
name_alert(const struct alert_row *row, struct alert *ret)
{
	const struct alert_rule *rule =
	    alert_rule_by_name(json_get_string(row->body, "rule", ""));

	if (rule == NULL)
		return false;
	*ret = (struct alert){
	    .rule = rule->id, .seq = row->seq, .opened_at = row->at};
	copy_member(row->body, "subject", ret->subject, sizeof(ret->subject));
	alert_id_set(ret->id, rule->id, ret->subject);
	return true;
}

static bool
is_nameless(const struct alert_row *row)
{
	return json_get_string(row->body, "rule", "")[0] == '\0' ||
	       json_get_string(row->body, "subject", "")[0] == '\0';
}

static int
fold_raised(struct alert_machine *m, const struct alert_row *row)
{
	struct alert alert;

	if (is_nameless(row))
		return ERR_INVALID;
	return name_alert(row, &alert) ? open_from_body(m, &alert, row->body)
				       : 0;
}

static int
fold_resolved(struct alert_machine *m, const struct alert_row *row)
{
	struct alert alert;

	if (is_nameless(row))
		return ERR_INVALID;
	if (name_alert(row, &alert))
		alert_machine_close(m, alert.id);
	return 0;
}

static struct wall_time
until_of(const struct alert_row *row)
{
	struct wall_time until = {0};

	wall_parse(json_get_string(row->body, "until", ""), &until);
	return until;
}

static int
fold_acked(struct alert_machine *m, const struct alert_row *row)
{
	struct alert alert, *open;

	if (is_nameless(row))
		return ERR_INVALID;
	if (!name_alert(row, &alert))
		return 0;
	open = alert_machine_find(m, alert.id);
	if (open == NULL ||
	    json_get_int(row->body, "raised_seq", -1) != (int64_t)open->seq)
		return 0;
	open->acked_until = until_of(row);
	open->acked_seq = row->seq;
	copy_member(row->body, "role", open->acked_role,
		    sizeof(open->acked_role));
	return 0;
}

static void
read_matcher(const struct alert_row *row, struct alert_matcher *ret)
{
	copy_member(row->body, "rule", ret->rule, sizeof(ret->rule));
	copy_member(row->body, "subject", ret->subject, sizeof(ret->subject));
	copy_member(row->body, "owner", ret->owner, sizeof(ret->owner));
}

static int
fold_silenced(struct alert_machine *m, const struct alert_row *row)
{
	struct alert_silence silence = {.seq = row->seq,
					.until = until_of(row)};

	read_matcher(row, &silence.matcher);
	copy_member(row->body, "role", silence.role, sizeof(silence.role));
	return alert_machine_add_silence(m, &silence);
}

static int
fold_unsilenced(struct alert_machine *m, const struct alert_row *row)
{
	struct alert_matcher matcher;

	read_matcher(row, &matcher);
	alert_machine_unsilence(m, &matcher);
	return 0;
}

static const struct {
	const char *kind;
	int (*fold)(struct alert_machine *m, const struct alert_row *row);
} folds[] = {
    {"alert.raised", fold_raised},	   {"alert.resolved", fold_resolved},
    {"alert.acked", fold_acked},	   {"alert.silenced", fold_silenced},
    {"alert.unsilenced", fold_unsilenced},
};

int
alert_machine_fold(struct alert_machine *m, const char *kind, uint64_t seq,
		   struct wall_time at, const char *body, size_t body_len)
{
	struct alert_row row = {.seq = seq, .at = at};
	size_t i = 0;
	int r;

	alert_machine_forget_silences(m, at);
	while (i < sizeof(folds) / sizeof(folds[0]) &&
	       strcmp(folds[i].kind, kind) != 0)
		i++;
	if (i == sizeof(folds) / sizeof(folds[0]))
		return 0;
	r = json_parse(body, body_len, &JSON_LEDGER_LIMITS, &row.body, NULL);
	if (r < 0)
		return r;
	r = folds[i].fold(m, &row);
	json_object_put(row.body);
	return r;
}
