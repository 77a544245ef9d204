/* The credentials that workloads name: by the daemon's word, if it answers,
 * and by the rows.  No value of a credential is ever here. */
#include "cli/credentials.h"
#include "cli/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct column columns[] = {
    {"name", "credential", COLUMN_FLEX},
    {"workloads", "used by", COLUMN_FLEX},
    {"state", "state", COLUMN_STATE},
    {"fingerprint", "fingerprint", 0},
    {"shared", "shared", 0},
    {"last_used", "last used", 0},
    {"missing_since", "missing since", COLUMN_MORE},
};

/* The error path sends a value of its own. */
static int32_t
last_used(const struct listing *l, const char *label)
{
	const struct view_workload *v =
	    l->view == NULL ? NULL : view_workload(l->view, label);

	return v == NULL || v->last_happy_at.us == 0
		   ? INT32_MIN
		   : wall_day(v->last_happy_at);
}

static struct wall_time
missing_since(const struct listing *l, const char *name)
{
	char id[2 * ALERT_SUBJECT_MAX];
	const struct alert *alert = NULL;

	snprintf(id, sizeof(id), "credential-missing/%.64s", name);
	if (l->view != NULL)
		alert = alert_machine_find(l->view->alerts, id);
	return alert == NULL ? (struct wall_time){0} : alert->opened_at;
}

static void
put_credential(const struct listing *l, const char *name,
	       const struct credentials_answer *answer, const char **labels)
{
	struct credential_word word = {NULL, NULL};
	int32_t newest = INT32_MIN;
	size_t n = 0;

	for (size_t i = 0; i < l->config->n_workloads; i++) {
		const struct workload *w = &l->config->workloads[i];
		int32_t day = last_used(l, w->label);

		if (strcmp(w->credential, name) != 0)
			continue;
		labels[n++] = w->label;
		newest = day > newest ? day : newest;
	}
	credentials_word(answer, name, &word);
	writer_text(l->w, name);
	writer_list(l->w, labels, n);
	writer_text(l->w, word.state);
	writer_text(l->w, word.fingerprint);
	writer_bool(l->w, n > 1 || credentials_same_value(answer, name));
	writer_day(l->w, newest);
	writer_time(l->w, missing_since(l, name));
}

void
list_credentials(const struct listing *l)
{
	const struct config *c = l->config;
	const char **labels = calloc(c->n_workloads + 1, sizeof(*labels));
	struct credentials_answer answer;
	struct err err = {0};

	if (labels == NULL) {
		l->w->failed = true;
		return;
	}
	credentials_ask(l->session, &answer, &err);
	LIST_TABLE(l->w, "credential", columns);
	for (size_t i = 0; i < c->n_workloads; i++) {
		if (config_names_credential_first(c, i))
			put_credential(l, c->workloads[i].credential, &answer,
				       labels);
	}
	writer_close(l->w);
	free(labels);
	if (answer.all == NULL && l->w->format == WRITER_TEXT) {
		buf_puts(&l->session->out, "\n");
		writer_paragraph(l->w, "",
				 "Which are loaded is known to the "
				 "daemon alone:");
		writer_paragraph(l->w, "  ", err.text);
	}
	credentials_answer_free(&answer);
}
