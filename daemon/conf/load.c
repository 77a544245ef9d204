/* conf_load(): the stages one after the other.  All of them run even after
 * errors, as long as memory lasts, so that one run reports everything. */
#include "conf/load.h"

#include "check/request.h"
#include "conf/loader.h"

#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

static bool
prepare(struct loader *l)
{
	l->arena = arena_new();
	if (l->arena == NULL)
		return false;
	l->config = arena_alloc(l->arena, sizeof(*l->config));
	l->trees = calloc(l->n_texts + 1, sizeof(*l->trees));
	l->parsed = calloc(l->n_texts + 1, sizeof(*l->parsed));
	l->built_in = calloc(1, sizeof(*l->built_in));
	if (l->trees == NULL || l->parsed == NULL || l->built_in == NULL ||
	    l->config == NULL)
		return false;
	for (size_t i = 0; i < l->n_texts; i++)
		config_init(&l->trees[i]);
	config_init(l->built_in);
	l->config->arena = l->arena;
	return true;
}

/* All but the configuration. */
static void
clean_up(struct loader *l)
{
	for (size_t i = 0; l->trees != NULL && i < l->n_texts; i++)
		config_destroy(&l->trees[i]);
	if (l->built_in != NULL)
		config_destroy(l->built_in);
	free(l->trees);
	free(l->built_in);
	free(l->parsed);
	free(l->traps);
	free(l->objects);
}

typedef void stage_fn(struct loader *l);

static void
run_stages(struct loader *l)
{
	static stage_fn *const stages[] = {
	    tree_parse,	       tree_validate,
	    build_objects,     resolve_profiles,
	    resolve_gateways,  resolve_names,
	    resolve_rules,     resolve_sources,
	    resolve_schedules, resolve_source_windows,
	    resolve_alerts,    resolve_unique};

	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		if (l->failed)
			return;
		stages[i](l);
		l->failed |= arena_failed(l->arena);
	}
}

/* ---- finishing what has no errors ---- */

static struct digest
object_digest(struct loader *l, const struct conf_object *object,
	      struct buf *text)
{
	effective_object(object->section, object->value, text);
	l->failed |= text->failed;
	return digest_sha256(buf_text(text), text->len);
}

static void
digest_source(struct loader *l, const struct conf_object *object)
{
	struct source *source = object->value;
	struct buf text = {0};

	buf_puts(&text, source->schedule.text);
	source->digest = object_digest(l, object, &text);
	buf_free(&text);
}

/* What it says itself, and which sources that comes to. */
static void
digest_workload(struct loader *l, const struct conf_object *object)
{
	struct workload *w = object->value;
	struct buf text = {0};

	for (size_t i = 0; i < w->n_sources; i++)
		buf_printf(&text, "%s,", w->sources[i]->name);
	w->digest = object_digest(l, object, &text);
	w->scope_digest = check_scope_digest(w);
	buf_free(&text);
}

static void
finish(struct loader *l)
{
	struct conf_objects *all = arena_alloc(l->arena, sizeof(*all));
	size_t bytes = l->n_objects * sizeof(*l->objects), n;
	const struct conf_object *objects;
	struct buf text = {0};

	objects = loader_objects(l, LIST_SOURCES, &n);
	for (size_t i = 0; i < n; i++)
		digest_source(l, &objects[i]);
	objects = loader_objects(l, LIST_WORKLOADS, &n);
	for (size_t i = 0; i < n; i++)
		digest_workload(l, &objects[i]);
	if (!effective_whole(l->config, &text))
		l->failed = true;
	l->config->effective =
	    arena_strndup(l->arena, buf_text(&text), text.len);
	l->config->digest = digest_sha256(buf_text(&text), text.len);
	buf_free(&text);
	if (all == NULL)
		return;
	all->n = l->n_objects;
	all->at = arena_alloc(l->arena, bytes);
	if (all->at == NULL)
		return;
	memcpy(all->at, l->objects, bytes);
	for (size_t i = 0; i < all->n; i++)
		all->at[i].layers = NULL; /* the trees end with the load */
	l->config->objects = all;
}

/* A value of a section that stands once, or NULL; malloc'd. */
static char *
tell_place(struct loader *l, enum schema_list list, const char *key,
	   const char *value)
{
	const struct conf_object *object;
	char *copy;
	size_t n;

	object = loader_objects(l, list, &n);
	if (value == NULL || n == 0 ||
	    (l->incomplete && object_origin(object, key)->file[0] == '\0'))
		return NULL;
	copy = strdup(value);
	l->failed |= copy == NULL;
	return copy;
}

/* held_on is NULL where nobody asks for it. */
static int
load(struct loader *l, const int32_t *held_on, struct config **ret_config)
{
	struct conf_report *report = l->report;
	int rc = ERR_NOMEM;

	*report = (struct conf_report){0};
	l->failed = !prepare(l);
	run_stages(l);
	if (held_on != NULL && !l->failed && report->n_errors == 0)
		warn_held(l, *held_on);
	if (!l->failed)
		report->ledger_dir = tell_place(l, LIST_LEDGER, "directory",
						l->config->ledger_dir);
	if (!l->failed)
		report->control_socket = tell_place(l, LIST_CONTROL, "socket",
						    l->config->control_socket);
	if (!l->failed)
		loader_sort_report(l);
	if (!l->failed && report->n_errors == 0)
		finish(l);
	if (!l->failed && !arena_failed(l->arena))
		rc = report->n_errors == 0 ? 0 : ERR_INVALID;
	if (rc == 0)
		*ret_config = l->config;
	clean_up(l);
	if (rc != 0)
		arena_free(l->arena);
	return rc;
}

int
conf_load(const struct conf_text *texts, size_t n, conf_zone_fn *zone,
	  void *zone_ctx, struct config **ret_config,
	  struct conf_report *report)
{
	struct loader l = {.texts = texts,
			   .n_texts = n,
			   .report = report,
			   .zone = zone,
			   .zone_ctx = zone_ctx};

	return load(&l, NULL, ret_config);
}

int
conf_check(const struct conf_text *texts, size_t n, conf_zone_fn *zone,
	   void *zone_ctx, int32_t day, struct config **ret_config,
	   struct conf_report *report)
{
	struct loader l = {.texts = texts,
			   .n_texts = n,
			   .report = report,
			   .zone = zone,
			   .zone_ctx = zone_ctx};

	return load(&l, &day, ret_config);
}
