/* The numbers of a packet, each with unit, basis, source and time.  What was
 * not reported is a dash. */
#include "base/json.h"
#include "report/packet_inside.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

static const struct column columns[] = {
    {"quantity", "quantity", COLUMN_FLEX},
    {"value", "value", COLUMN_RIGHT},
    {"unit", "unit", 0},
    {"basis", "basis", COLUMN_FLEX},
    {"source", "source", COLUMN_FLEX},
    {"as_of", "as of", 0},
};

struct number {
	const char *quantity;
	bool known;
	int64_t value;
	const char *unit;
	const char *basis;
	const char *source;
	struct wall_time as_of;
};

static void
put_number(struct writer *w, const struct number *n)
{
	writer_text(w, n->quantity);
	if (n->known)
		writer_int(w, n->value);
	else
		writer_none(w);
	writer_text(w, n->unit);
	writer_text(w, n->basis);
	writer_text(w, n->source);
	writer_time(w, n->as_of);
}

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
		put_number(w, &n);
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
	put_number(w, &n);
}

void
packet_numbers(const struct packet *p, struct writer *w)
{
	static const struct number cost = {
	    .quantity = "cost",
	    .basis = "no account export",
	};

	writer_table(w, "number", columns,
		     sizeof(columns) / sizeof(columns[0]));
	put_tokens(p, w);
	put_movement(p, w);
	put_number(w, &cost);
	writer_close(w);
}
