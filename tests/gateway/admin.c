/* What tests and the demo use at run time, under /practice/:
 *
 *   GET    requests        the witness, JSON lines
 *   DELETE requests        forget them
 *   GET    keys            one JSON line per key
 *   GET    behaviours      one JSON line per name and place
 *   POST   keys/NAME       behaviour, surface, times, spend
 *   POST   pages/NAME      behaviour
 *   POST   gateways/NAME   invalid_keys, invalid_keys_surface
 *   POST   clock           advance_ms: lags and limits see later time
 *
 * A POST is all or nothing: an unknown member or behaviour changes nothing
 * and answers 400.  Requests to these paths are not witnessed. */
#include "practice.h"

#include "surface.h"

#include <event2/buffer.h>
#include <json-c/json.h>
#include <string.h>

enum { BODY_MAX = 4096 };

static void
reply(struct visit *v, int status, const struct buf *text)
{
	answer_plain(v, status, "application/json", buf_text(text), text->len);
}

static void
refuse(struct visit *v, int status, const char *why)
{
	struct buf out = {0};

	buf_printf(&out, "{\"error\":\"%s\"}\n", why);
	reply(v, status, &out);
	buf_free(&out);
}

static void
add_key(struct buf *out, const struct key *key)
{
	buf_printf(out,
		   "{\"key\":\"%s\",\"behaviour\":\"%s\",\"surface\":\"%s\","
		   "\"used\":%lld,\"available\":%lld}\n",
		   key->name, key->chat->name, key->surface->name,
		   (long long)key->used, (long long)key->remain);
}

static void
add_behaviours(struct buf *out)
{
	static const struct {
		enum behaviour_place at;
		const char *name;
	} places[] = {
	    {AT_CHAT, "chat"},
	    {AT_SURFACE, "surface"},
	    {AT_PAGE, "page"},
	};
	const struct behaviour *b;

	for (unsigned int i = 0; (b = behaviour_at(i)) != NULL; i++) {
		for (int j = 0; j < 3; j++) {
			if ((b->at & places[j].at) != 0)
				buf_printf(
				    out,
				    "{\"behaviour\":\"%s\",\"at\":\"%s\"}\n",
				    b->name, places[j].name);
		}
	}
}

static struct json_object *
read_body(struct visit *v)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(v->req);
	char text[BODY_MAX + 1];
	const ev_ssize_t n = evbuffer_copyout(in, text, BODY_MAX);
	struct json_object *o;

	text[n < 0 ? 0 : n] = '\0';
	o = json_tokener_parse(text);
	if (json_object_is_type(o, json_type_object))
		return o;
	json_object_put(o);
	return NULL;
}

/* Every member of the object must be among the names. */
static bool
only(struct json_object *o, const char *const *names)
{
	json_object_object_foreach(o, name, value)
	{
		const char *const *n = names;

		(void)value;
		while (*n != NULL && strcmp(*n, name) != 0)
			n++;
		if (*n == NULL)
			return false;
	}
	return true;
}

/* Leaves *at alone when the member is absent. */
static bool
get_behaviour(struct json_object *o, const char *name,
	      enum behaviour_place place, const struct behaviour **at)
{
	struct json_object *value;
	const struct behaviour *b;

	if (!json_object_object_get_ex(o, name, &value))
		return true;
	b = behaviour_find(json_object_get_string(value), place);
	if (b != NULL)
		*at = b;
	return b != NULL;
}

static bool
get_count(struct json_object *o, const char *name, int64_t *at)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, name, &value))
		return true;
	*at = json_object_get_int64(value);
	return json_object_is_type(value, json_type_int) && *at >= 0 &&
	       *at < INT32_MAX;
}

static void
post_key(struct visit *v, const char *name, struct json_object *o)
{
	static const char *const members[] = {"behaviour", "surface", "times",
					      "spend", NULL};
	struct settings *s = &v->practice->settings;
	struct key *key = NULL, next;
	struct buf out = {0};
	int64_t spend = 0;

	for (size_t i = 0; i < s->n_keys; i++) {
		if (strcmp(s->keys[i].name, name) == 0)
			key = &s->keys[i];
	}
	if (key == NULL) {
		refuse(v, 404, "no such key");
		return;
	}
	next = *key;
	next.times = 0;
	if (!only(o, members) ||
	    !get_behaviour(o, "behaviour", AT_CHAT, &next.chat) ||
	    !get_behaviour(o, "surface", AT_SURFACE, &next.surface) ||
	    !get_count(o, "times", &next.times) ||
	    !get_count(o, "spend", &spend)) {
		refuse(v, 400, "not a change of a key");
		return;
	}
	*key = next;
	key_charge(key, spend);
	add_key(&out, key);
	reply(v, 200, &out);
	buf_free(&out);
}

static void
post_page(struct visit *v, const char *name, struct json_object *o)
{
	static const char *const members[] = {"behaviour", NULL};
	struct settings *s = &v->practice->settings;

	for (size_t i = 0; i < s->n_pages; i++) {
		if (strcmp(s->pages[i].name, name) != 0)
			continue;
		if (!only(o, members) || !get_behaviour(o, "behaviour", AT_PAGE,
							&s->pages[i].behaviour))
			refuse(v, 400, "not a change of a page");
		else
			answer_plain(v, 200, "application/json", "{}\n", 3);
		return;
	}
	refuse(v, 404, "no such page");
}

static void
post_gateway(struct visit *v, const char *name, struct json_object *o)
{
	static const char *const members[] = {"invalid_keys",
					      "invalid_keys_surface", NULL};
	struct settings *s = &v->practice->settings;

	for (size_t i = 0; i < s->n_gateways; i++) {
		struct gateway *g = &s->gateways[i];
		const struct behaviour *chat = g->invalid_chat;
		const struct behaviour *surface = g->invalid_surface;

		if (strcmp(g->name, name) != 0)
			continue;
		if (!only(o, members) ||
		    !get_behaviour(o, "invalid_keys", AT_CHAT, &chat) ||
		    !get_behaviour(o, "invalid_keys_surface", AT_SURFACE,
				   &surface)) {
			refuse(v, 400, "not a change of a gateway");
			return;
		}
		g->invalid_chat = chat;
		g->invalid_surface = surface;
		answer_plain(v, 200, "application/json", "{}\n", 3);
		return;
	}
	refuse(v, 404, "no such gateway");
}

static void
post_clock(struct visit *v, const char *name, struct json_object *o)
{
	static const char *const members[] = {"advance_ms", NULL};
	int64_t advance_ms = 0;

	if (!only(o, members) || !get_count(o, "advance_ms", &advance_ms)) {
		refuse(v, 400, "not a change of the clock");
		return;
	}
	v->practice->advanced_ms += advance_ms;
	answer_plain(v, 200, "application/json", "{}\n", 3);
}

static void
serve_post(struct visit *v, const char *what)
{
	static const struct {
		const char *prefix;
		void (*post)(struct visit *v, const char *name,
			     struct json_object *o);
	} routes[] = {
	    {"keys/", post_key},
	    {"pages/", post_page},
	    {"gateways/", post_gateway},
	    {"clock", post_clock},
	};
	struct json_object *o = read_body(v);

	if (o == NULL) {
		refuse(v, 400, "the body is no JSON object");
		return;
	}
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		const size_t n = strlen(routes[i].prefix);

		if (strncmp(what, routes[i].prefix, n) == 0) {
			routes[i].post(v, what + n, o);
			json_object_put(o);
			return;
		}
	}
	json_object_put(o);
	refuse(v, 404, "no such route");
}

void
admin_serve(struct visit *v)
{
	const char *what = v->path + strlen("/practice/");
	const enum evhttp_cmd_type method = evhttp_request_get_command(v->req);
	struct practice *p = v->practice;
	struct buf out = {0};

	if (method == EVHTTP_REQ_POST) {
		serve_post(v, what);
	} else if (strcmp(what, "requests") == 0) {
		if (method == EVHTTP_REQ_DELETE)
			witness_clear(&p->witness);
		answer_plain(v, 200, "application/x-ndjson",
			     buf_text(&p->witness.lines), p->witness.lines.len);
	} else if (strcmp(what, "keys") == 0) {
		for (size_t i = 0; i < p->settings.n_keys; i++)
			add_key(&out, &p->settings.keys[i]);
		reply(v, 200, &out);
	} else if (strcmp(what, "behaviours") == 0) {
		add_behaviours(&out);
		reply(v, 200, &out);
	} else {
		refuse(v, 404, "no such route");
	}
	buf_free(&out);
}
