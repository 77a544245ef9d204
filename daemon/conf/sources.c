/* Which sources a workload rests on: those that it names, and of each kind
 * that these lack, the one that its gateway brings.
 *
 * A gateway brings its own and, of other kinds, its profile's.  They become
 * sources with names, <gateway>-<kind>, when a workload needs them; one whose
 * pointer holds ${model} becomes one per model, <gateway>-<kind>-<model>. */
#include "conf/loader.h"

#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char model_mark[] = "${model}";

enum { HASH_DIGITS = 6 };

/* A brought source in the making. */
struct brought {
	const struct gateway *gateway;
	const struct source *from; /* in a profile or gateway */
	const char *model;	   /* "" when all models share it */
	size_t index;		   /* in config->sources */
};

struct maker {
	struct loader *l;
	struct brought *at;
	size_t n, cap;
};

static const struct source *
of_kind(const struct source *sources, size_t n, enum source_kind kind)
{
	for (size_t i = 0; i < n; i++) {
		if (sources[i].kind == kind && sources[i].url[0] != '\0')
			return &sources[i];
	}
	return NULL;
}

static const struct source *
brought_by(const struct gateway *gateway, enum source_kind kind)
{
	const struct source *own;

	if (gateway == NULL)
		return NULL;
	own = of_kind(gateway->sources, gateway->n_sources, kind);
	if (own != NULL || gateway->profile == NULL)
		return own;
	return of_kind(gateway->profile->sources, gateway->profile->n_sources,
		       kind);
}

/* The model as part of a label; a hash where the text alone would be too
 * long, or equal to that of another model. */
static void
make_name(const struct brought *b, bool hashed, char out[LABEL_MAX + 1])
{
	struct buf name = {0};
	size_t room = LABEL_MAX - (hashed ? HASH_DIGITS + 1 : 0);

	buf_printf(&name, "%s-%s", b->gateway->name,
		   source_kind_name(b->from->kind));
	if (b->model[0] != '\0')
		buf_putc(&name, '-');
	for (const char *c = b->model; *c != '\0'; c++) {
		if (isalnum((unsigned char)*c))
			buf_putc(&name, (char)tolower((unsigned char)*c));
		else if (name.len > 0 && name.data[name.len - 1] != '-')
			buf_putc(&name, '-');
	}
	while (name.len > 0 && name.data[name.len - 1] == '-')
		name.data[--name.len] = '\0';
	if (name.len > room && !hashed) {
		make_name(b, true, out);
	} else {
		uint32_t hash = text_hash(b->model, strlen(b->model));

		snprintf(out, LABEL_MAX + 1, "%.*s", (int)room,
			 buf_text(&name));
		if (hashed)
			snprintf(out + strlen(out), LABEL_MAX + 1 - strlen(out),
				 "-%06x", hash & 0xffffff);
	}
	buf_free(&name);
}

static struct brought *
add_brought(struct maker *m, const struct gateway *gateway,
	    const struct source *from, const char *model)
{
	for (size_t i = 0; i < m->n; i++) {
		if (m->at[i].gateway == gateway && m->at[i].from == from &&
		    strcmp(m->at[i].model, model) == 0)
			return &m->at[i];
	}
	if (m->n == m->cap) {
		size_t cap = m->cap == 0 ? 16 : m->cap * 2;
		void *more = reallocarray(m->at, cap, sizeof(*m->at));

		if (more == NULL) {
			m->l->failed = true;
			return NULL;
		}
		m->at = more;
		m->cap = cap;
	}
	m->at[m->n] = (struct brought){gateway, from, model,
				       m->l->config->n_sources + m->n};
	return &m->at[m->n++];
}

static const char *
model_of(const struct source *from, const struct workload *w)
{
	return strstr(from->pointer, model_mark) != NULL ? w->model : "";
}

/* The kinds that the named sources cover. */
static unsigned int
named_kinds(const struct config *config, const struct workload *w)
{
	unsigned int kinds = 0;

	for (size_t i = 0; i < w->source_names.n; i++) {
		const struct source *s =
		    config_source(config, w->source_names.at[i]);

		if (s != NULL)
			kinds |= 1u << s->kind;
	}
	return kinds;
}

static void
collect(struct maker *m)
{
	const struct config *config = m->l->config;

	for (size_t i = 0; i < config->n_workloads; i++) {
		const struct workload *w = &config->workloads[i];
		unsigned int named = named_kinds(config, w);

		for (unsigned int kind = 0; kind < SOURCE_KINDS; kind++) {
			const struct source *from =
			    (named & 1u << kind) != 0
				? NULL
				: brought_by(w->gateway, kind);

			if (from != NULL)
				add_brought(m, w->gateway, from,
					    model_of(from, w));
		}
	}
}

static const char *
fill_pointer(struct loader *l, const char *pointer, const char *model)
{
	struct buf text = {0};
	const char *next, *copy;

	while ((next = strstr(pointer, model_mark)) != NULL) {
		buf_add(&text, pointer, (size_t)(next - pointer));
		buf_puts(&text, model);
		pointer = next + strlen(model_mark);
	}
	buf_puts(&text, pointer);
	copy = arena_strdup(l->arena, buf_text(&text));
	l->failed |= copy == NULL || text.failed;
	buf_free(&text);
	return copy == NULL ? "" : copy;
}

static void
make_source(struct maker *m, size_t i, struct source *out)
{
	const struct brought *b = &m->at[i];
	char name[LABEL_MAX + 1], other[LABEL_MAX + 1];

	*out = *b->from;
	make_name(b, false, name);
	for (size_t k = 0; k < m->n; k++) {
		if (k == i)
			continue;
		make_name(&m->at[k], false, other);
		if (strcmp(name, other) == 0 && b->model[0] != '\0') {
			make_name(b, true, name);
			break;
		}
	}
	out->name = arena_strdup(m->l->arena, name);
	out->gateway = b->gateway;
	if (b->model[0] != '\0')
		out->pointer = fill_pointer(m->l, b->from->pointer, b->model);
	if (out->name == NULL) {
		m->l->failed = true;
		out->name = "";
	}
}

/* Makes room for n objects behind those of the sources. */
static struct conf_object *
insert_objects(struct loader *l, size_t n)
{
	size_t n_sources, at = 0;
	const struct conf_object *first =
	    loader_objects(l, LIST_SOURCES, &n_sources);
	struct conf_object *objects;

	if (n_sources > 0)
		at = (size_t)(first - l->objects);
	else /* before the workloads, where sources belong */
		while (at < l->n_objects && l->objects[at].section !=
						schema_sections[LIST_WORKLOADS])
			at++;
	objects =
	    reallocarray(l->objects, l->n_objects + n + 1, sizeof(*objects));
	if (objects == NULL) {
		l->failed = true;
		return NULL;
	}
	at += n_sources;
	memmove(objects + at + n, objects + at,
		(l->n_objects - at) * sizeof(*objects));
	memset(objects + at, 0, n * sizeof(*objects));
	l->objects = objects;
	l->n_objects += n;
	l->objects_cap = l->n_objects + 1;
	return objects + at;
}

static void
describe_object(struct loader *l, struct conf_object *object,
		struct source *source)
{
	const struct schema_section *section = schema_sections[LIST_SOURCES];

	object->section = section;
	object->value = source;
	object->brought = true;
	object->origin = source->origin;
	object->path = path_join(&object->path, section->name);
	object->path = path_join(&object->path, source->name);
	object->origins =
	    arena_alloc(l->arena, section->n_keys * sizeof(*object->origins));
	if (object->origins == NULL)
		l->failed = true;
}

/* One array of all sources: the named ones as before, then the brought. */
static void
make_sources(struct maker *m)
{
	struct loader *l = m->l;
	struct config *config = l->config;
	struct source *all = arena_alloc(
	    l->arena, (config->n_sources + m->n + 1) * sizeof(*all));
	struct conf_object *brought = insert_objects(l, m->n), *objects;
	size_t n;

	if (all == NULL || brought == NULL) {
		l->failed = true;
		return;
	}
	objects = loader_objects(l, LIST_SOURCES, &n);
	for (size_t i = 0; i < config->n_sources; i++) {
		all[i] = config->sources[i];
		objects[i].value = &all[i];
	}
	for (size_t i = 0; i < m->n && !l->failed; i++) {
		make_source(m, i, &all[config->n_sources + i]);
		describe_object(l, &brought[i], &all[config->n_sources + i]);
	}
	config->sources = all;
	config->n_sources += m->n;
	for (size_t i = 0; i < config->n_sources && !l->failed; i++) {
		all[i].hosts = loader_hosts(l, &all[i].hosts, all[i].url);
		if (all[i].approval_max_age_s < 0)
			all[i].approval_max_age_s = config->approval_max_age_s;
	}
}

static void
dangling_source(struct loader *l, const struct conf_object *object,
		const char *name)
{
	const struct config *config = l->config;
	const char **names =
	    arena_alloc(l->arena, (config->n_sources + 1) * sizeof(*names));

	for (size_t i = 0; names != NULL && i < config->n_sources; i++)
		names[i] = config->sources[i].name;
	if (names != NULL)
		loader_dangling(l, object_origin(object, "sources"),
				path_join(&object->path, "sources").text,
				"source", name, names, config->n_sources,
				DANGLING_HELD);
}

static void
add_source(struct workload *w, const struct source **list,
	   const struct source *source)
{
	for (size_t i = 0; i < w->n_sources; i++) {
		if (list[i] == source)
			return;
	}
	list[w->n_sources++] = source;
	w->kinds_missing &= ~(1u << source->kind);
}

static void
assign(struct maker *m, const struct conf_object *object)
{
	struct loader *l = m->l;
	struct workload *w = object->value;
	unsigned int named;
	const struct source **list = arena_alloc(
	    l->arena, (w->source_names.n + SOURCE_KINDS) * sizeof(*list));

	if (list == NULL) {
		l->failed = true;
		return;
	}
	w->sources = list;
	w->kinds_missing = (1u << SOURCE_KINDS) - 1;
	named = named_kinds(l->config, w);
	for (size_t i = 0; i < w->source_names.n; i++) {
		const char *name = w->source_names.at[i];
		const struct source *source = config_source(l->config, name);

		if (source != NULL)
			add_source(w, list, source);
		else
			dangling_source(l, object, name);
	}
	for (unsigned int kind = 0; kind < SOURCE_KINDS; kind++) {
		const struct source *from = brought_by(w->gateway, kind);
		const struct brought *b;

		if (from == NULL || (named & 1u << kind) != 0)
			continue;
		b = add_brought(m, w->gateway, from, model_of(from, w));
		if (b != NULL)
			add_source(w, list, &l->config->sources[b->index]);
	}
	if (w->n_sources > WORKLOAD_SOURCES_MAX)
		object_error(
		    l, object, "sources", "a record names each of them",
		    "%zu sources are too many; at most %d may be named",
		    w->n_sources, WORKLOAD_SOURCES_MAX);
}

/* ${model} has a meaning only in what a gateway brings. */
static void
check_pointers(struct loader *l)
{
	size_t n;
	const struct conf_object *objects = loader_objects(l, LIST_SOURCES, &n);

	for (size_t i = 0; i < n; i++) {
		const struct source *source = objects[i].value;

		if (strstr(source->pointer, model_mark) != NULL)
			object_error(
			    l, &objects[i], "pointer", "write the model itself",
			    "${model} may stand in a gateway's or profile's "
			    "source alone");
	}
}

void
resolve_sources(struct loader *l)
{
	struct maker m = {.l = l};
	struct conf_object *objects;
	size_t n;

	check_pointers(l);
	collect(&m);
	if (!l->failed)
		make_sources(&m);
	objects = loader_objects(l, LIST_WORKLOADS, &n);
	for (size_t i = 0; i < n && !l->failed; i++)
		assign(&m, &objects[i]);
	free(m.at);
}
