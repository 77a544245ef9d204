/* The numbers of a packet of one workload. */
#include "base/json.h"
#include "report/number.h"
#include "report/packet_inside.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

static bool
get_int(struct json_object *object, const char *key, int64_t *ret)
{
	struct json_object *value = json_get(object, key);

	if (!json_object_is_type(value, json_type_int))
		return false;
	*ret = json_object_get_int64(value);
	return true;
}

static void
put_tokens(const struct packet *p, struct writer *w)
{
	static const struct {
		const char *key, *quantity;
	} fields[] = {
	    {"prompt_tokens", "prompt tokens"},
	    {"completion_tokens", "completion tokens"},
	    {"total_tokens", "total tokens"},
	};
	const struct packet_row *row = packet_row_of(p, "check.happy");

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct number n = {.quantity = fields[i].quantity,
				   .unit = "token",
				   .basis = "one test request",
				   .source = "its response"};

		if (row != NULL) {
			n.known = get_int(json_get(row->body, "usage"),
					  fields[i].key, &n.value);
			wall_parse(
			    json_get_string(row->body, "request_time_utc", ""),
			    &n.as_of);
		}
		number_put(w, &n);
	}
}

/* The growing counter, else the shrinking one. */
static bool
movement(struct json_object *body, int64_t *ret)
{
	struct json_object *before = json_get(body, "before");
	struct json_object *after = json_get(body, "after");
	int64_t a, b;

	if (get_int(before, "up", &a) && get_int(after, "up", &b)) {
		*ret = b - a;
		if (*ret != 0)
			return true;
	}
	if (get_int(before, "down", &a) && get_int(after, "down", &b)) {
		*ret = a - b;
		return true;
	}
	return get_int(before, "up", &a) && get_int(after, "up", &b);
}

static void
put_movement(const struct packet *p, struct writer *w)
{
	const struct packet_row *row = packet_row_of(p, "check.usage");
	struct number n = {.quantity = "counter of the key",
			   .basis = "moved between two readings",
			   .source = "account surface"};

	if (row == NULL ||
	    strcmp(json_get_string(row->body, "tier", ""), "counter") != 0)
		return;
	n.known = movement(row->body, &n.value);
	n.unit = json_get_string(row->body, "unit", NULL);
	n.as_of = row->at;
	number_put(w, &n);
}

void
packet_numbers(const struct packet *p, struct writer *w)
{
	static const struct number cost = {
	    .quantity = "cost",
	    .basis = "no account export",
	};

	number_table(w);
	put_tokens(p, w);
	put_movement(p, w);
	number_put(w, &cost);
	writer_close(w);
}
