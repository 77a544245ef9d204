/* The vectors of tests/unit/ledger/tlog, as values. */
#ifndef TEST_LEDGER_VECTORS_H
#define TEST_LEDGER_VECTORS_H

#include "ledger/tree.h"

#include <json-c/json.h>

/* A file of that folder; the caller puts it.  Missing or broken: the test
 * fails. */
struct json_object *vectors_load(const char *name);

/* A member that must be there; a list may be null. */
struct json_object *vectors_list(struct json_object *o, const char *key);
const char *vectors_text(struct json_object *o, const char *key);
uint64_t vectors_number(struct json_object *o, const char *key);

/* False when it is no hash of 32 bytes. */
bool vectors_base64(const char *text, struct digest *ret);
struct digest vectors_hex(const char *text);

/* A list of hashes in base64 (false: one is none) or in hexadecimal. */
bool vectors_proof_base64(struct json_object *list, struct tree_proof *ret);
struct tree_proof vectors_proof_hex(struct json_object *list);

/* Leaf i of tlog-generated.json. */
struct digest vectors_leaf(uint64_t i);

#endif
