/* GET /api/usage/token.
 *
 * The counters lag as those of the real thing: what is left is kept live,
 * what was used is served from a cache entry, and the sum of both is what
 * is called granted.  So after a request `available` has fallen, `used`
 * stands still and `granted` has dipped, until the entry expires and is
 * read again by the next use of the key. */
#include "practice.h"

#include "surface.h"

#include <json-c/json.h>
#include <json-c/json_pointer.h>
#include <string.h>

enum { DRIFT = 7 };

struct key *
key_find(const struct practice *p, const char *value)
{
	for (size_t i = 0; *value != '\0' && i < p->settings.n_keys; i++) {
		if (strcmp(p->settings.keys[i].value, value) == 0)
			return &p->settings.keys[i];
	}
	return NULL;
}

void
key_use_behaviour(struct key *key)
{
	if (key->times > 0 && --key->times == 0)
		key->chat = behaviour_find("healthy", AT_CHAT);
}

void
key_touch(const struct practice *p, struct key *key)
{
	const int64_t now_ms = practice_now_ms(p);

	if (key->cached && now_ms - key->cached_at_ms < p->settings.used_lag_ms)
		return;
	key->cached = true;
	key->cached_at_ms = now_ms;
	key->cached_used = key->used;
}

void
key_charge(struct key *key, int64_t quota)
{
	if (key->surface->quirk == QUIRK_FROZEN)
		return;
	key->remain -= quota;
	key->used += quota;
}

/* true when one more read is allowed; it is counted then. */
static bool
limiter_take(struct limiter *l, const struct settings *s, int64_t now_ms)
{
	const size_t size = (size_t)s->rate_reads;

	if (size == 0)
		return false;
	if (l->n >= size && now_ms - l->at_ms[l->n % size] < s->rate_per_ms)
		return false;
	l->at_ms[l->n++ % size] = now_ms;
	return true;
}

static void
set_number(struct json_object **root, const char *pointer, int64_t n)
{
	json_pointer_set(root, pointer, json_object_new_int64(n));
}

/* The documented answer with this key's name and numbers. */
static void
render(const struct key *key, const char *sample, struct buf *out)
{
	struct json_object *root = json_tokener_parse(sample);
	const bool odd = key->surface->quirk == QUIRK_WRONG_LABEL;

	json_pointer_set(
	    &root, "/data/name",
	    json_object_new_string(odd ? "another-key" : key->name));
	set_number(&root, "/data/total_granted",
		   key->remain + key->cached_used);
	set_number(&root, "/data/total_used", key->cached_used);
	set_number(&root, "/data/total_available", key->remain);
	buf_puts(out, json_object_to_json_string_ext(
			  root, JSON_C_TO_STRING_PLAIN |
				    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(root);
}

static void
serve_counters(struct visit *v, const struct behaviour *b)
{
	const struct fixture *fixture =
	    fixtures_find(v->practice->fixtures, "usage-token.json");
	struct buf body = {0}, echo = {0};
	struct words words;

	if (b->quirk == QUIRK_DRIFTING)
		key_charge(v->key, DRIFT);
	answer_words(v, b, &words, &echo);
	render(v->key, fixture->body, &body);
	answer_send(v, b, fixture, &words, &body);
	buf_free(&body);
	buf_free(&echo);
}

void
surface_serve(struct visit *v)
{
	const struct behaviour *healthy = behaviour_find("healthy", AT_SURFACE);
	const struct behaviour *b;

	if (!limiter_take(&v->gateway->limiter, &v->practice->settings,
			  practice_now_ms(v->practice))) {
		answer_fixture(v, healthy, "throttled.empty");
		return;
	}
	b = v->key == NULL ? v->gateway->invalid_surface : v->key->surface;
	if (v->detoured)
		b = healthy;
	if (v->key == NULL && (b->refuses || v->detoured)) {
		answer_fixture(v, b, "usage-token-refused.json");
		return;
	}
	if (v->key != NULL)
		key_touch(v->practice, v->key);
	if (b->fixture != NULL)
		answer_fixture(v, b, b->fixture);
	else if (v->key != NULL)
		serve_counters(v, b);
	else
		answer_fixture(v, b, "usage-token.json");
}
