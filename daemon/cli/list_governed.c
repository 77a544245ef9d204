/* Owners, gateways, roles, metrics and rules: what is configured, and what of
 * it cannot be applied today. */
#include "cli/list.h"
#include "cli/words.h"
#include "conf/draft.h"
#include "govern/govern.h"

enum { FAULT_MAX = 240, TEMPLATES_MAX = 1024 };

static const struct column owner_columns[] = {
    {"group", "owner", COLUMN_FLEX},
    {"cost_center", "cost center", COLUMN_FLEX},
    {"mode", "mode", 0},
    {"escalation", "escalation", COLUMN_FLEX},
    {"contact", "contact", COLUMN_MORE},
    {"valid_from", "from", 0},
    {"valid_to", "to", 0},
    {"workloads", "workloads", COLUMN_RIGHT},
    {"origin", "written in", COLUMN_MORE},
};

void
list_owners(const struct listing *l)
{
	LIST_TABLE(l->w, "owner", owner_columns);
	for (size_t i = 0; i < l->config->n_owners; i++) {
		const struct owner *o = &l->config->owners[i];
		int64_t n = 0;

		for (size_t k = 0; k < l->config->n_workloads; k++)
			n += l->config->workloads[k].owner == o;
		writer_text(l->w, o->group);
		writer_text(l->w, o->cost_center);
		writer_text(l->w, o->chargeback ? "chargeback" : "showback");
		writer_text(l->w, o->escalation);
		writer_text(l->w, o->contact);
		writer_day(l->w, o->valid_from);
		writer_day(l->w, o->valid_to);
		writer_int(l->w, n);
		words_put_origin(l->w, &o->origin);
	}
	writer_close(l->w);
}

static const struct column gateway_columns[] = {
    {"name", "gateway", COLUMN_FLEX},
    {"profile", "profile", COLUMN_FLEX},
    {"base_url", "base URL", COLUMN_FLEX},
    {"account_surface", "account surface", COLUMN_MORE},
    {"workloads", "workloads", COLUMN_RIGHT},
    {"origin", "written in", COLUMN_MORE},
};

void
list_gateways(const struct listing *l)
{
	LIST_TABLE(l->w, "gateway", gateway_columns);
	for (size_t i = 0; i < l->config->n_gateways; i++) {
		const struct gateway *g = &l->config->gateways[i];
		int64_t n = 0;

		for (size_t k = 0; k < l->config->n_workloads; k++)
			n += l->config->workloads[k].gateway == g;
		writer_text(l->w, g->name);
		writer_text(l->w, g->profile_name);
		writer_text(l->w, g->base_url);
		writer_text(l->w, g->profile == NULL
				      ? NULL
				      : account_surface_name(
					    g->profile->account_surface));
		writer_int(l->w, n);
		words_put_origin(l->w, &g->origin);
	}
	writer_close(l->w);
}

static const struct column role_columns[] = {
    {"name", "role", COLUMN_FLEX},
    {"unix_group", "unix group", COLUMN_FLEX},
    {"may", "may", COLUMN_FLEX},
    {"origin", "written in", COLUMN_MORE},
};

void
list_roles(const struct listing *l)
{
	LIST_TABLE(l->w, "role", role_columns);
	for (size_t i = 0; i < l->config->n_roles; i++) {
		const struct role *role = &l->config->roles[i];

		writer_text(l->w, role->name);
		writer_text(l->w, role->unix_group);
		words_put_rights(l->w, role->may);
		words_put_origin(l->w, &role->origin);
	}
	writer_close(l->w);
}

static const struct column template_columns[] = {
    {"name", "template", COLUMN_FLEX},
    {"origin", "written in", 0},
};

void
list_templates(const struct listing *l)
{
	const char *names[TEMPLATES_MAX];
	size_t n = draft_templates(l->config, names, TEMPLATES_MAX);

	LIST_TABLE(l->w, "template", template_columns);
	for (size_t i = 0; i < n; i++) {
		writer_text(l->w, names[i]);
		words_put_origin(l->w,
				 draft_template_origin(l->config, names[i]));
	}
	writer_close(l->w);
}

/* ---- metrics, rules ---- */

static const struct column metric_columns[] = {
    {"name", "metric", COLUMN_FLEX},
    {"version", "version", COLUMN_RIGHT},
    {"numerator", "numerator", COLUMN_FLEX},
    {"denominator", "denominator", COLUMN_FLEX},
    {"unit", "unit", COLUMN_MORE},
    {"source_systems", "source systems", COLUMN_MORE},
    {"refresh", "refresh", 0},
    {"last_refreshed", "refreshed", COLUMN_MORE},
    {"owner", "owner", COLUMN_MORE},
    {"fault", "fault", COLUMN_FLEX},
    {"origin", "written in", COLUMN_MORE},
};

void
list_metrics(const struct listing *l)
{
	char words[FAULT_MAX];

	LIST_TABLE(l->w, "metric", metric_columns);
	for (size_t i = 0; i < l->config->n_metrics; i++) {
		const struct unit_metric *m = &l->config->metrics[i];

		govern_explain_metric(m, l->today, words, sizeof(words));
		writer_text(l->w, m->name);
		writer_int(l->w, m->version);
		writer_text(l->w, m->numerator);
		writer_text(l->w, m->denominator);
		writer_text(l->w, m->unit);
		writer_list(l->w, m->source_systems.at, m->source_systems.n);
		writer_text(l->w, m->refresh);
		writer_day(l->w, m->last_refreshed);
		writer_text(l->w, m->owner);
		writer_text(l->w, words[0] == '\0' ? NULL : words);
		words_put_origin(l->w, &m->origin);
	}
	writer_close(l->w);
}

static const struct column rule_columns[] = {
    {"id", "rule", COLUMN_FLEX},
    {"version", "version", COLUMN_RIGHT},
    {"type", "type", 0},
    {"pool", "pool", COLUMN_MORE},
    {"effective_from", "from", 0},
    {"effective_to", "to", 0},
    {"approval", "approval", COLUMN_MORE},
    {"document", "document", COLUMN_MORE},
    {"fault", "fault", COLUMN_FLEX},
    {"origin", "written in", COLUMN_MORE},
};

void
list_rules(const struct listing *l)
{
	char words[FAULT_MAX];

	LIST_TABLE(l->w, "rule", rule_columns);
	for (size_t i = 0; i < l->config->n_rules; i++) {
		const struct allocation_rule *r = &l->config->rules[i];

		govern_explain_rule(r, l->today, words, sizeof(words));
		writer_text(l->w, r->id);
		writer_int(l->w, r->version);
		writer_text(l->w, words_rule_type(r));
		writer_text(l->w, r->pool);
		writer_day(l->w, r->effective_from);
		writer_day(l->w, r->effective_to);
		writer_text(l->w, r->approval);
		writer_text(l->w, r->document);
		writer_text(l->w, words[0] == '\0' ? NULL : words);
		words_put_origin(l->w, &r->origin);
	}
	writer_close(l->w);
}
