/* Profiles and the gateways that use them: what one row of the schema cannot
 * say about them, and what a gateway overrides. */
#include "conf/loader.h"

#include "base/json.h"
#include "conf/url.h"

#include <stdio.h>
#include <string.h>

/* The body with a plain word for the model must be JSON. */
static void
check_body(struct loader *l, const struct conf_object *object,
	   const struct profile *p)
{
	static const char mark[] = "${model}";
	struct buf body = {0};
	struct err err = {0};
	const char *at = p->body, *next;

	if (strcmp(p->content_type, "application/json") != 0 || at[0] == '\0')
		return;
	while ((next = strstr(at, mark)) != NULL) {
		buf_add(&body, at, (size_t)(next - at));
		buf_puts(&body, "m");
		at = next + strlen(mark);
	}
	buf_puts(&body, at);
	if (json_check(buf_text(&body), body.len, &JSON_FOREIGN_LIMITS, &err) !=
	    0)
		object_error(l, object, "happy",
			     "write \\\" for a quote inside the string",
			     "the body is not JSON: %s", err.text);
	buf_free(&body);
}

static void
check_rejections(struct loader *l, const struct conf_object *object,
		 const struct profile *p)
{
	for (size_t i = 0; i < p->n_accept; i++) {
		const struct accept_rule *rule = &p->accept[i];

		if (rule->status == 0 && rule->pointer[0] == '\0')
			object_error(l, object, "error",
				     "set status, or pointer and equals",
				     "a rejection that any answer would be");
		else if (rule->equals[0] != '\0' && rule->pointer[0] == '\0')
			object_error(l, object, "error",
				     "say where in the body it stands",
				     "equals without pointer");
	}
	if (p->variant == VARIANT_CREDENTIAL &&
	    strstr(p->invalid_secret, "${nonce}") == NULL)
		object_error(l, object, "error",
			     "for example: secret = \"sk-invalid-${nonce}\";",
			     "the invalid credential must differ in each run");
	for (size_t i = 0; i < p->n_request_id; i++) {
		const struct request_id_rule *rule = &p->request_id[i];

		if ((rule->header[0] == '\0') == (rule->pointer[0] == '\0'))
			object_error(
			    l, object, "request_id", "one entry per place",
			    "an entry needs a header or a pointer, not both");
	}
}

static void
check_surface(struct loader *l, const struct conf_object *object,
	      const struct profile *p)
{
	const struct surface_profile *surface = &p->surface;

	if (!surface->present) {
		if (p->account_surface == SURFACE_COUNTER)
			object_error(l, object, "account_surface",
				     "describe the counter under surface",
				     "there is no counter to read");
		return;
	}
	if (surface->increases[0] == '\0' && surface->decreases[0] == '\0')
		object_error(l, object, "surface", "set increases or decreases",
			     "no counter is named");
	for (size_t i = 0; i < surface->wait_s.n; i++) {
		if (i > 0 && surface->wait_s.at[i] <= surface->wait_s.at[i - 1])
			object_error(l, object, "surface",
				     "each look is later than the one before",
				     "the waits do not increase");
		if (surface->wait_s.at[i] > surface->lag_max_s)
			object_error(l, object, "surface",
				     "raise lag_max, or wait less",
				     "a look after lag_max would not count");
	}
}

/* One source per kind: its name is made of gateway and kind. */
static void
check_kinds(struct loader *l, const struct conf_object *object,
	    const struct source *sources, size_t n)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned int bit = 1u << sources[i].kind;

		if ((seen & bit) != 0)
			loader_error(
			    l, &sources[i].origin,
			    path_join(&object->path, "sources").text,
			    "name the second one under sources at the top",
			    "two sources of the kind %s",
			    source_kind_name(sources[i].kind));
		seen |= bit;
	}
}

static void
check_base(struct loader *l, const struct conf_object *object,
	   const char *base_url)
{
	if (strchr(base_url, '?') != NULL)
		object_error(l, object, "base_url", "paths are added to it",
			     "a query may not stand in it");
}

/* Tools are often told a base URL with the start of the path in it. */
static void
check_doubled(struct loader *l, const struct conf_object *object,
	      const char *base_url, const char *path)
{
	size_t kept = url_kept(base_url, path);
	char hint[600];

	if (base_url[kept] == '\0')
		return;
	snprintf(hint, sizeof(hint),
		 "if that is not meant: base_url = \"%.*s\";", (int)kept,
		 base_url);
	loader_warn(l, object_origin(object, "base_url"),
		    path_join(&object->path, "base_url").text, hint,
		    "the profile's path is added to it: requests go to %s%s",
		    base_url, path);
}

/* Without the slash that every path begins with. */
static const char *
trim_base(struct loader *l, const char *base_url)
{
	size_t len = strlen(base_url);
	const char *copy;

	while (len > 0 && base_url[len - 1] == '/')
		len--;
	copy = arena_strndup(l->arena, base_url, len);
	l->failed |= copy == NULL;
	return copy == NULL ? "" : copy;
}

/* The hosts, or the one of the URL when none are given. */
struct string_list
loader_hosts(struct loader *l, const struct string_list *hosts, const char *url)
{
	struct string_list list = *hosts;
	const char **one;
	const char *host;
	size_t len;

	if (hosts->n > 0 || url[0] == '\0')
		return list;
	host = url_host(url, &len);
	one = arena_alloc(l->arena, sizeof(*one));
	if (one == NULL ||
	    (*one = arena_strndup(l->arena, host, len)) == NULL) {
		l->failed = true;
		return list;
	}
	return (struct string_list){one, 1};
}

static void
check_host(struct loader *l, const struct conf_object *object,
	   const struct string_list *hosts, const char *url)
{
	size_t len;
	const char *host;

	if (url[0] == '\0')
		return;
	host = url_host(url, &len);
	for (size_t i = 0; i < hosts->n; i++) {
		if (strlen(hosts->at[i]) == len &&
		    memcmp(hosts->at[i], host, len) == 0)
			return;
	}
	object_error(l, object, "hosts", "add it, or leave hosts out",
		     "the host of base_url is not among them");
}

void
resolve_profiles(struct loader *l)
{
	size_t n;
	struct conf_object *objects = loader_objects(l, LIST_PROFILES, &n);

	for (size_t i = 0; i < n && !l->failed; i++) {
		struct profile *p = objects[i].value;
		struct buf text = {0};

		check_base(l, &objects[i], p->base_url);
		p->base_url = trim_base(l, p->base_url);
		check_doubled(l, &objects[i], p->base_url, p->path);
		check_body(l, &objects[i], p);
		check_rejections(l, &objects[i], p);
		check_surface(l, &objects[i], p);
		check_kinds(l, &objects[i], p->sources, p->n_sources);
		p->hosts = loader_hosts(l, &p->hosts, p->base_url);
		check_host(l, &objects[i], &p->hosts, p->base_url);
		effective_object(objects[i].section, p, &text);
		p->digest = digest_sha256(buf_text(&text), text.len);
		l->failed |= text.failed;
		buf_free(&text);
	}
}

static const struct profile *
find_profile(struct loader *l, const struct conf_object *object,
	     const char *name)
{
	const struct config *config = l->config;
	const char *names[256];
	size_t n = 0;

	if (name[0] == '\0')
		return NULL;
	for (size_t i = 0; i < config->n_profiles; i++) {
		if (strcmp(config->profiles[i].name, name) == 0)
			return &config->profiles[i];
		if (n < sizeof(names) / sizeof(names[0]))
			names[n++] = config->profiles[i].name;
	}
	loader_dangling(l, object_origin(object, "profile"),
			path_join(&object->path, "profile").text, "profile",
			name, names, n, DANGLING_HELD);
	return NULL;
}

/* What the gateway does not set comes from the profile; what it sets makes
 * it a copy of the profile that holds for this gateway alone.  The copy keeps
 * the profile's digest: limits and windows change no evidence. */
static void
merge_limits(struct loader *l, struct gateway *g)
{
	struct profile *own = arena_alloc(l->arena, sizeof(*own));

	if (own == NULL) {
		l->failed = true;
		return;
	}
	*own = *g->profile;
	if (g->evidence_window[0] != '\0')
		own->evidence_window = g->evidence_window;
	if (g->spacing_s >= 0)
		own->spacing_s = g->spacing_s;
	if (g->timeout_ms > 0)
		own->timeout_ms = g->timeout_ms;
	if (g->max_body_bytes > 0)
		own->max_body_bytes = g->max_body_bytes;
	if (g->rate_tokens > 0)
		own->surface.rate_tokens = g->rate_tokens;
	if (g->rate_per_s > 0)
		own->surface.rate_per_s = g->rate_per_s;
	g->evidence_window = own->evidence_window;
	g->spacing_s = own->spacing_s;
	g->timeout_ms = own->timeout_ms;
	g->max_body_bytes = own->max_body_bytes;
	g->rate_tokens = own->surface.rate_tokens;
	g->rate_per_s = own->surface.rate_per_s;
	g->profile = own;
}

/* Also with a value that was refused, of which was spoken already. */
static bool
is_written(const struct conf_object *object, const char *key)
{
	struct layers layers = {object->layers, object->n_layers};
	const char *text = setting_text(layers_find(&layers, key));

	return text != NULL && text[0] != '\0';
}

static void
resolve_gateway(struct loader *l, const struct conf_object *object)
{
	struct gateway *g = object->value;
	bool own_url = g->base_url[0] != '\0';

	if (g->profile_name[0] == '\0')
		g->profile_name = g->name;
	g->profile = find_profile(l, object, g->profile_name);
	check_kinds(l, object, g->sources, g->n_sources);
	check_base(l, object, g->base_url);
	if (own_url)
		g->base_url = trim_base(l, g->base_url);
	if (g->profile == NULL) {
		g->hosts = loader_hosts(l, &g->hosts, g->base_url);
		return; /* spacing stays unset: nothing is sent */
	}
	if (own_url)
		check_doubled(l, object, g->base_url, g->profile->path);
	else
		g->base_url = g->profile->base_url;
	if (g->base_url[0] == '\0' && !is_written(object, "base_url"))
		object_error(
		    l, object, "base_url",
		    "for example: base_url = \"https://llm.example.com\";",
		    "missing: the profile %s brings none", g->profile->name);
	/* hosts of the profile belong to its own base_url */
	if (g->hosts.n == 0 && !own_url)
		g->hosts = g->profile->hosts;
	g->hosts = loader_hosts(l, &g->hosts, g->base_url);
	check_host(l, object, &g->hosts, g->base_url);
	merge_limits(l, g);
}

void
resolve_gateways(struct loader *l)
{
	size_t n;
	struct conf_object *objects = loader_objects(l, LIST_GATEWAYS, &n);

	for (size_t i = 0; i < n && !l->failed; i++)
		resolve_gateway(l, &objects[i]);
}
