/* A first workload without reading evidenced.conf(5): by options, or, at a
 * terminal, by answers.  The questions are the schema's own words. */
#include "base/text.h"
#include "cli/prompt.h"
#include "cli/typed.h"
#include "cli/workload_file.h"
#include "io/credentials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 256, QUESTION_BYTES = 2048 };

static const struct {
	const char *key;
	enum option_id option; /* OPTIONS: the operand */
	bool with_template;    /* asked for even when there is a template */
} asked[] = {
    {"label", OPTIONS, true},
    {"use", OPTION_USE, true},
    {"owner_group", OPTION_OWNER, true},
    {"gateway", OPTION_GATEWAY, false},
    {"model", OPTION_MODEL, false},
    {"environment", OPTION_ENVIRONMENT, false},
    {"application", OPTION_APPLICATION, false},
    {"allocation_rule", OPTION_RULE, false},
    {"unit_metric", OPTION_METRIC, false},
    {"credential", OPTION_CREDENTIAL, false},
};

enum { ASKED = sizeof(asked) / sizeof(asked[0]) };

struct answers {
	struct draft draft;
	struct credentials *known;
	char typed[ASKED][PROMPT_MAX];
};

/* What is configured already and may be answered. */
static size_t
known_names(const struct config *c, const char *key, const char **names)
{
	size_t n = 0;

	if (strcmp(key, "use") == 0)
		return draft_templates(c, names, NAMES_MAX);
#define NAMES_OF(list, count, member, of)                              \
	if (strcmp(key, of) == 0) {                                    \
		for (size_t i = 0; i < c->count && n < NAMES_MAX; i++) \
			names[n++] = c->list[i].member;                \
	}
	NAMES_OF(owners, n_owners, group, "owner_group")
	NAMES_OF(gateways, n_gateways, name, "gateway")
	NAMES_OF(environments, n_environments, name, "environment")
	NAMES_OF(rules, n_rules, id, "allocation_rule")
	NAMES_OF(metrics, n_metrics, name, "unit_metric")
#undef NAMES_OF
	return n;
}

static void
put_question(const struct config *c, const struct schema_key *key,
	     char out[QUESTION_BYTES])
{
	const char *names[NAMES_MAX];
	size_t n = known_names(c, key->name, names);
	struct buf text = {0};

	buf_printf(&text, "\n%s\n", key->help);
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%s%s", i == 0 ? "Configured: " : ", ",
			   names[i]);
	if (n > 0)
		buf_putc(&text, '\n');
	if (key->otherwise != NULL)
		buf_printf(&text, "Without an answer: %s.\n", key->otherwise);
	buf_printf(&text, "%s: ", key->name);
	snprintf(out, QUESTION_BYTES, "%s", buf_text(&text));
	buf_free(&text);
}

/* ERR_INVALID, or ERR_EXISTS for a name that is taken. */
static int
judge_label(const struct config *c, const char *label, struct err *err)
{
	const struct workload *w = config_workload(c, label);
	const struct source *source = config_source(c, label);
	const struct origin *at = w != NULL	   ? &w->origin
				  : source != NULL ? &source->origin
						   : NULL;

	if (!text_is_label(label))
		return err_set(err, ERR_INVALID,
			       "%s: a label has at most %d of a-z, 0-9 and -, "
			       "and does not begin with -",
			       label, LABEL_MAX);
	if (at != NULL)
		return err_set(err, ERR_EXISTS,
			       "LABEL_EXISTS: %s stands in %s:%d; name "
			       "another label",
			       label, at->file, at->line);
	return 0;
}

/* A name that is not configured would hold the workload, or be refused at the
 * end; where none is configured yet, it may be the first. */
static int
judge_name(const struct config *c, const char *key, const char *answer,
	   struct err *err)
{
	const char *names[NAMES_MAX], *near;
	size_t n = known_names(c, key, names);

	if (answer[0] == '\0' || n == NAMES_MAX ||
	    (n == 0 && strcmp(key, "use") != 0))
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], answer) == 0)
			return 0;
	}
	near = text_suggest(answer, names, n);
	if (near != NULL)
		return err_set(err, ERR_NOT_FOUND,
			       "%s: no such name is configured; did you mean "
			       "%s?",
			       answer, near);
	return err_set(err, ERR_NOT_FOUND, "%s: no such name is configured",
		       answer);
}

/* A question, and how its answer is judged. */
struct question {
	const struct config *config;
	const struct credentials *known;
	const struct schema_key *key;
	bool needed; /* nothing else says it */
};

static int
judge_answer(const struct question *q, const char *answer, struct err *err)
{
	int r = typed_judge(q->known, answer, err);

	if (r < 0)
		return r;
	if (strcmp(q->key->name, "label") == 0)
		return judge_label(q->config, answer, err);
	if (q->needed && answer[0] == '\0')
		return err_set(err, ERR_INVALID,
			       "a %s is needed: neither a template nor "
			       "defaults name one",
			       q->key->name);
	return judge_name(q->config, q->key->name, answer, err);
}

/* What was given as an option is not asked about, and so not judged above. */
static int
refuse_values(struct session *s, const struct answers *a)
{
	struct err err;

	for (int i = 0; i < ASKED; i++) {
		const char *value =
		    a->draft.value[draft_key(asked[i].key, NULL)];

		if (value != NULL && typed_judge(a->known, value, &err) < 0)
			return session_fail(s, CTL_CONFIG_INVALID,
					    "%s: %s; nothing was written",
					    asked[i].key, err.text);
	}
	return CTL_OK;
}

static int
check_label(struct session *s, const struct config *c, const char *label)
{
	struct err err;
	int r = judge_label(c, label, &err);

	if (r == 0)
		return CTL_OK;
	return session_fail(s, r == ERR_EXISTS ? CTL_REFUSED : CTL_USAGE, "%s",
			    err.text);
}

/* Asked again, with the reason, until the answer can be used. */
static bool
ask_one(const struct question *q, char out[PROMPT_MAX])
{
	char question[QUESTION_BYTES];
	struct err err;

	put_question(q->config, q->key, question);
	while (prompt_line(question, out)) {
		if (judge_answer(q, out, &err) == 0)
			return true;
		snprintf(question, sizeof(question), "%s\n%s: ", err.text,
			 q->key->name);
	}
	return false;
}

static int
ask(struct session *s, const struct config *c, struct answers *a)
{
	const struct schema_section *section = schema_sections[LIST_WORKLOADS];
	int use = draft_key("use", NULL);

	for (int i = 0; i < ASKED; i++) {
		int k = draft_key(asked[i].key, NULL);
		const char *template = a->draft.value[use];
		struct question q = {
		    .config = c, .known = a->known, .key = &section->keys[k]};

		if (a->draft.value[k] != NULL)
			continue;
		q.needed = i > 0 && (q.key->flags & KEY_REQUIRED) != 0 &&
			   workload_file_lacks(s, &a->draft, q.key->name);
		if (template != NULL && template[0] != '\0' && !q.needed &&
		    !asked[i].with_template)
			continue;
		if (!ask_one(&q, a->typed[i]))
			return session_fail(s, CTL_USAGE,
					    "no answer; nothing was written");
		a->draft.value[k] = a->typed[i];
	}
	return CTL_OK;
}

static void
take_options(const struct arguments *args, struct answers *a)
{
	for (int i = 0; i < ASKED; i++) {
		int k = draft_key(asked[i].key, NULL);

		if (asked[i].option == OPTIONS)
			a->draft.value[k] =
			    args->n_operands > 1 ? args->operand[1] : NULL;
		else
			a->draft.value[k] = args->value[asked[i].option];
	}
}

static int
make_workload(struct session *s, const struct config *c, struct answers *a)
{
	int label = draft_key("label", NULL);
	struct workload_file f = {
	    .by = "new workload", .drafts = &a->draft, .n = 1};
	int r = CTL_OK;

	take_options(s->args, a);
	r = workload_file_permitted(s);
	if (r == CTL_OK)
		r = refuse_values(s, a);
	/* Who gives the label has said what he wants. */
	if (r == CTL_OK && a->draft.value[label] == NULL && prompt_possible())
		r = ask(s, c, a);
	if (r == CTL_OK && a->draft.value[label] == NULL)
		r = session_fail(s, CTL_USAGE,
				 "new workload: a label is needed where nobody "
				 "can be asked; see evidencectl new --help");
	if (r == CTL_OK)
		r = check_label(s, c, a->draft.value[label]);
	f.name = a->draft.value[label];
	return r == CTL_OK ? workload_file_put(s, &f) : r;
}

int
cmd_new(struct session *s)
{
	struct answers *a = calloc(1, sizeof(*a));
	const struct config *c;
	int r;

	if (a == NULL)
		return session_fail(s, CTL_CHECK_FAILED, "no memory");
	r = session_config_files(s, &c);
	if (r == 0)
		a->known = typed_known(s);
	if (r == 0)
		r = a->known == NULL ? CTL_CHECK_FAILED
				     : make_workload(s, c, a);
	credentials_free(a->known);
	free(a);
	return r;
}
