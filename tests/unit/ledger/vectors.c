#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vectors.h"
#include "base/base64.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json_object *
vectors_load(const char *name)
{
	const char *top = getenv("top_srcdir");
	struct json_object *o;
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/unit/ledger/tlog/%s",
		 top == NULL ? "." : top, name);
	o = json_object_from_file(path);
	if (o == NULL)
		fail_msg("%s: %s", path, json_util_get_last_err());
	return o;
}

static struct json_object *
member(struct json_object *o, const char *key)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(o, key, &value))
		fail_msg("no member %s", key);
	return value;
}

struct json_object *
vectors_list(struct json_object *o, const char *key)
{
	return member(o, key);
}

const char *
vectors_text(struct json_object *o, const char *key)
{
	const char *text = json_object_get_string(member(o, key));

	assert_non_null(text);
	return text;
}

uint64_t
vectors_number(struct json_object *o, const char *key)
{
	return json_object_get_uint64(member(o, key));
}

bool
vectors_base64(const char *text, struct digest *ret)
{
	size_t n;

	return base64_decode(text, strlen(text), ret->bytes, DIGEST_LEN, &n) ==
		   0 &&
	       n == DIGEST_LEN;
}

struct digest
vectors_hex(const char *text)
{
	struct digest d;

	assert_int_equal(strlen(text), DIGEST_HEX_LEN);
	assert_int_equal(hex_decode(text, DIGEST_LEN, d.bytes), 0);
	return d;
}

static size_t
length(struct json_object *list)
{
	return list == NULL ? 0 : json_object_array_length(list);
}

bool
vectors_proof_base64(struct json_object *list, struct tree_proof *ret)
{
	ret->n = 0;
	for (size_t i = 0; i < length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);

		assert_true(ret->n < TREE_PROOF_MAX);
		if (!vectors_base64(json_object_get_string(o),
				    &ret->hashes[ret->n++]))
			return false;
	}
	return true;
}

struct tree_proof
vectors_proof_hex(struct json_object *list)
{
	struct tree_proof proof = {0};

	for (size_t i = 0; i < length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);

		proof.hashes[proof.n++] =
		    vectors_hex(json_object_get_string(o));
	}
	return proof;
}

struct digest
vectors_leaf(uint64_t i)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "leaf %" PRIu64, i);

	return tree_leaf(text, (size_t)len);
}
