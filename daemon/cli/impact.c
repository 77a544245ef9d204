#include "cli/impact.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/credentials.h"
#include "io/control_client.h"
#include "report/impact.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

static const struct column columns[] = {
    {"label", "workload", COLUMN_FLEX},	 {"change", "change", 0},
    {"effect", "effect", COLUMN_STATE},	 {"reasons", "reasons", COLUMN_FLEX},
    {"cleared", "cleared", COLUMN_FLEX}, {"intake", "new pair", 0},
};

static const struct column change_columns[] = {
    {"change", "change", 0},	       {"what", "what", 0},
    {"name", "name", COLUMN_FLEX},     {"after", "after", COLUMN_FLEX},
    {"before", "before", COLUMN_FLEX},
};

enum { LISTED_MAX = REASONS };

/* The codes of a list that are not in another one. */
static void
put_codes(struct writer *w, struct json_object *list,
	  struct json_object *without)
{
	const char *codes[LISTED_MAX];
	size_t n = 0;

	for (int i = 0; i < REASONS; i++) {
		const char *code = reason_info((enum reason)i)->code;

		if (json_holds(list, code) && !json_holds(without, code))
			codes[n++] = code;
	}
	writer_list(w, codes, n);
}

static void
put_workload(struct writer *w, struct json_object *one)
{
	struct json_object *before = json_get(one, "before"),
			   *after = json_get(one, "after");

	writer_text(w, json_get_string(one, "label", ""));
	writer_text(w, json_get_string(one, "change", ""));
	writer_text(w, json_get_string(one, "effect", ""));
	put_codes(w, after, NULL);
	put_codes(w, after == NULL ? NULL : before, after);
	writer_bool(w, json_get_bool(one, "intake", false));
}

/* Which of the workloads that are told of lack their credential. */
static size_t
count_not_loaded(struct json_object *list)
{
	size_t n = 0;

	for (size_t i = 0; i < json_object_array_length(list); i++)
		n += json_holds(
		    json_get(json_object_array_get_idx(list, i), "after"),
		    reason_info(REASON_CREDENTIAL_MISSING)->code);
	return n;
}

static void
print_credentials(struct session *s, struct json_object *list, int64_t unknown)
{
	static const struct column counts[] = {{"not_loaded", "", 0},
					       {"unknown", "", 0}};
	size_t missing = count_not_loaded(list);

	if (s->writer.format == WRITER_JSON) {
		writer_card(&s->writer, "credentials", counts, 2);
		writer_int(&s->writer, (int64_t)missing);
		writer_int(&s->writer, unknown);
		writer_close(&s->writer);
		return;
	}
	if (missing > 0)
		buf_puts(&s->out,
			 "a credential is loaded by a restart only; next: "
			 "evidencectl doctor\n");
	if (unknown > 0)
		buf_printf(&s->out,
			   "whether the credential of %lld workload%s is "
			   "loaded is not known here; next: evidencectl list "
			   "credentials\n",
			   (long long)unknown, TEXT_PLURAL(unknown));
}

static size_t
count_effect(struct json_object *list, const char *effect)
{
	size_t n = 0;

	for (size_t i = 0; i < json_object_array_length(list); i++)
		n += strcmp(json_get_string(json_object_array_get_idx(list, i),
					    "effect", ""),
			    effect) == 0;
	return n;
}

/* The list has only those of which something changes. */
static void
print_summary(struct session *s, struct json_object *list,
	      struct json_object *answer)
{
	size_t n = json_object_array_length(list);
	int64_t total = json_get_int(answer, "total", 0);

	if (s->writer.format != WRITER_TEXT)
		return;
	buf_printf(&s->out, "%simpact on %lld workload%s:", n > 0 ? "\n" : "",
		   (long long)total, TEXT_PLURAL(total));
	buf_printf(&s->out,
		   " %zu held, %zu released, %lld still held, %zu removed",
		   count_effect(list, "held"), count_effect(list, "released"),
		   (long long)json_get_int(answer, "still_held", 0),
		   count_effect(list, "removed"));
	buf_puts(&s->out, "; by the configuration, the credentials and the "
			  "approvals of today\n");
}

/* What changed besides the workloads. */
static void
print_changes(struct session *s, struct json_object *list)
{
	struct writer *w = &s->writer;
	size_t n = json_object_is_type(list, json_type_array)
		       ? json_object_array_length(list)
		       : 0;

	if (n == 0)
		return;
	writer_table(w, "change", change_columns,
		     sizeof(change_columns) / sizeof(change_columns[0]));
	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(list, i);

		for (size_t c = 0;
		     c < sizeof(change_columns) / sizeof(change_columns[0]);
		     c++)
			writer_text(w, json_get_string(
					   one, change_columns[c].key, NULL));
	}
	writer_close(w);
	if (w->format == WRITER_TEXT)
		buf_putc(&s->out, '\n');
}

/* What becomes of the workloads. */
static void
print_workloads(struct session *s, struct json_object *list)
{
	writer_table(&s->writer, "impact", columns,
		     sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < json_object_array_length(list); i++)
		put_workload(&s->writer, json_object_array_get_idx(list, i));
	writer_close(&s->writer);
}

static int
print_impact(struct session *s, const char *text)
{
	struct json_object *answer, *list;
	struct err err;

	if (json_parse(text, strlen(text), &JSON_FOREIGN_LIMITS, &answer,
		       &err) < 0)
		return session_fail_err(s, &err);
	list = json_get(answer, "workloads");
	if (json_object_is_type(list, json_type_array)) {
		print_changes(s, json_get(answer, "changes"));
		print_workloads(s, list);
		print_summary(s, list, answer);
		print_credentials(
		    s, list, json_get_int(answer, "unknown_credentials", 0));
	}
	json_object_put(answer);
	return CTL_OK;
}

int
impact_of_reload(struct session *s)
{
	struct ctl_request request = {.command = CTL_RELOAD, .dry_run = true};
	const char *path = session_socket(s);
	struct err err = {0};
	int status = CTL_NOT_RUNNING, r;
	char *text;

	if (path == NULL)
		return CTL_CONFIG_INVALID; /* was said */
	if (control_ask(path, &request, &status, &text, &err) < 0)
		return session_fail(
		    s,
		    err.code == ERR_DENIED ? CTL_NOT_PERMITTED
					   : (enum ctl_exit)status,
		    "%s; what it has loaded is not known; evidencectl "
		    "check-config FILE --impact compares with the "
		    "configuration that is installed",
		    err.text);
	if (status == CTL_OK)
		r = print_impact(s, text);
	else
		r = session_fail(s, (enum ctl_exit)status, "%.*s",
				 (int)strcspn(text, "\n"), text);
	free(text);
	return r;
}

/* The daemon's word on those that it was told of. */
static enum impact_credential
credential(void *ctx, const char *name)
{
	struct credential_word word;

	if (!credentials_word(ctx, name, &word))
		return IMPACT_UNKNOWN;
	return word.fingerprint != NULL ? IMPACT_LOADED : IMPACT_NOT_LOADED;
}

int
impact_of_config(struct session *s, const struct config *config)
{
	struct credentials_answer answer;
	struct impact impact = {.after = config,
				.now = s->now.wall,
				.credential = credential,
				.ctx = &answer};
	struct buf text = {0};
	struct err err;
	int r = session_config(s, &impact.before);

	if (r != 0)
		return r;
	credentials_ask(s, &answer, &err);
	impact.view = session_view_if_any(s);
	impact_json(&impact, &text);
	credentials_answer_free(&answer);
	r = text.failed ? session_fail(s, CTL_CHECK_FAILED, "no memory")
			: print_impact(s, buf_text(&text));
	buf_free(&text);
	return r;
}
