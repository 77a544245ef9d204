/* A view saved and loaded again is the one that all rows give; a state that is
 * not as it was written, or that the key of the ledger did not sign, is not
 * used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/state_store.h"
#include "ledger/folder.h"
#include "ledger/inside.h"
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rig r;

static void
append(const char *id, const char *kind, const char *body)
{
	if (rig_append_row(&r, id, kind, body, NULL, NULL) < 0)
		fail_msg("%s: %s", id, r.err.text);
}

static void
build(void)
{
	char body[512], id[40];

	rig_init(&r, 4);
	assert_int_equal(rig_open(&r), 0);
	for (int i = 0; i < 9; i++) {
		snprintf(id, sizeof(id), "run.%d", i);
		snprintf(body, sizeof(body),
			 "{\"check\":\"chat-%d/happy\",\"note\":\"],\\\"\","
			 "\"outcome\":\"pass\",\"request_time_utc\":"
			 "\"2026-07-03T05:00:0%dZ\",\"run\":\"%016d\","
			 "\"workload_label\":\"chat-%d\"}",
			 i % 3, i, i, i % 3);
		append(id, "check.happy", body);
	}
	append("read", "check.source",
	       "{\"outcome\":\"unchanged\",\"read_at\":"
	       "\"2026-07-03T05:00:00Z\",\"source\":\"pricing\"}");
	append("note", "daemon.started", "{}");
	append("note-2", "daemon.started", "{}");
	assert_int_equal(rig_flush(&r), 0);
}

static struct view *
load(void)
{
	struct view *v = view_new();

	assert_non_null(v);
	assert_int_equal(state_store_load(simdisk_io(r.disk), RIG_DIR, NULL, v,
					  NULL, NULL, &r.err),
			 0);
	return v;
}

static void
save(const struct view *v)
{
	assert_int_equal(
	    state_store_save(simdisk_io(r.disk), RIG_DIR, r.l, v, &r.err), 0);
}

static void
expect_equal(const struct view *a, const struct view *b)
{
	uint64_t *x, *y;
	size_t n, m;

	assert_int_equal(a->rows, b->rows);
	assert_memory_equal(&a->head, &b->head, sizeof(a->head));
	assert_int_equal(a->n_workloads, b->n_workloads);
	for (size_t i = 0; i < a->n_workloads; i++) {
		const struct view_workload *w = &a->workloads[i];
		const struct view_workload *o = view_workload(b, w->label);

		assert_non_null(o);
		assert_int_equal(w->last_happy_seq, o->last_happy_seq);
		assert_int_equal(w->n_recent, o->n_recent);
	}
	assert_int_equal(a->n_sources, b->n_sources);
	assert_true(a->sources[0].fact.read_at.us ==
		    b->sources[0].fact.read_at.us);
	assert_int_equal(view_needed(a, &x, &n), 0);
	assert_int_equal(view_needed(b, &y, &m), 0);
	assert_int_equal(n, m);
	assert_memory_equal(x, y, n * sizeof(*x));
	free(x);
	free(y);
}

static void
saved_and_loaded(void **state)
{
	struct view *all, *again;

	build();
	all = load();
	assert_int_equal(all->n_workloads, 3);
	save(all);
	again = load();
	expect_equal(all, again);
	view_free(again);
	view_free(all);
	rig_fini(&r);
}

/* Replaces the saved state by this text, under its right digest. */
static void
save_text(const char *text, uint64_t next)
{
	char *old, *at;
	uint64_t was;
	size_t len;
	struct digest leaf;

	assert_int_equal(ledger_state_load(simdisk_io(r.disk), RIG_DIR, NULL,
					   &old, &len, &was, NULL),
			 0);
	free(old);
	assert_int_equal(was, next);
	old = simdisk_read(r.disk, rig_path("state.json"), &len);
	at = strstr(old, "\"leaf\":\"");
	assert_non_null(at);
	assert_int_equal(hex_decode(at + 8, DIGEST_LEN, leaf.bytes), 0);
	free(old);
	assert_int_equal(
	    ledger_state_save(r.l, next, &leaf, text, strlen(text), NULL), 0);
}

static void
expect_all_rows(const struct view *all, const char *text, uint64_t next)
{
	struct view *again;

	save_text(text, next);
	again = load();
	expect_equal(all, again);
	view_free(again);
}

/* Half a state is worse than none: then all rows are read. */
static void
another_form(void **state)
{
	struct view *all, *again;
	char *text, *cut, *line;
	uint64_t next;
	size_t len;

	build();
	all = load();
	save(all);
	assert_int_equal(ledger_state_load(simdisk_io(r.disk), RIG_DIR, NULL,
					   &text, &len, &next, NULL),
			 0);
	for (size_t i = 0; i < len; i += i < 12 ? 1 : len / 30) {
		cut = strndup(text, i);
		assert_non_null(cut);
		expect_all_rows(all, cut, next);
		free(cut);
	}
	/* the end stands, and a line before it does not */
	line = strchr(text, '\n') + 1;
	line[0] = '[';
	expect_all_rows(all, text, next);
	line[0] = '{';
	line = strchr(line, '\n');
	line[-1] = ' ';
	expect_all_rows(all, text, next);
	save_text("{\"rows\":[]}", next);
	again = load(); /* it says that the view rests on nothing */
	assert_int_equal(again->n_workloads, 0);
	view_free(again);
	free(text);
	view_free(all);
	rig_fini(&r);
}

/* The file as somebody would forge it who knows all but the key: a row of
 * which a decision is made, its sum, and the digest are made anew. */
static char *
forge(const char *file)
{
	static const char was[] = "\"outcome\":\"unchanged\"",
			  is[] = "\"outcome\":\"unchangeD\"";
	char sum[DIGEST_HEX_LEN + 1], *text = strdup(file), *row, *at, *state;
	struct digest d;

	at = strstr(text, was);
	assert_non_null(at);
	memcpy(at, is, strlen(is));
	at = strstr(at, ",\"sum\":\"");
	for (row = at; row[-1] != '\n';)
		row--;
	d = digest_sha256(row, (size_t)(at - row));
	memcpy(at + 8, digest_hex(&d, sum), 16);
	state = strstr(text, "\"state\":") + 8;
	d = digest_sha256(state, strlen(state) - 2);
	memcpy(strstr(text, "\"sha256\":\"") + 10, digest_hex(&d, sum),
	       DIGEST_HEX_LEN);
	return text;
}

static void
expect_unused(const char *file, const struct ledger *l)
{
	uint64_t next;
	char *text;
	size_t len;

	simdisk_write(r.disk, rig_path("state.json"), file, strlen(file));
	assert_int_equal(ledger_state_load(simdisk_io(r.disk), RIG_DIR, l,
					   &text, &len, &next, NULL),
			 ERR_NOT_FOUND);
}

static void
forged(void **state)
{
	char *file, *text, *unsigned_one, *start, *end;
	struct view *all, *again;
	uint64_t next;
	size_t len;

	build();
	all = load();
	save(all);
	for (int writer = 0; writer < 2; writer++) {
		assert_int_equal(ledger_state_load(simdisk_io(r.disk), RIG_DIR,
						   writer ? r.l : NULL, &text,
						   &len, &next, NULL),
				 0);
		free(text);
	}
	file = simdisk_read(r.disk, rig_path("state.json"), &len);
	file = realloc(file, len + 1);
	file[len] = '\0';
	text = forge(file);
	/* as it was before it was signed */
	unsigned_one = strdup(file);
	start = strstr(unsigned_one, "\"signature\"");
	end = strstr(start, "\"state\"");
	memmove(start, end, strlen(end) + 1);
	for (int writer = 0; writer < 2; writer++) {
		expect_unused(text, writer ? r.l : NULL);
		expect_unused(unsigned_one, writer ? r.l : NULL);
	}
	again = load();
	expect_equal(all, again);
	view_free(again);
	free(unsigned_one);
	free(text);
	free(file);
	view_free(all);
	rig_fini(&r);
}

/* Another ledger's key, or a LEDGER that names it, helps nobody. */
static void
another_key(void **state)
{
	static const uint8_t seed[32] = "another key";
	char vkey[VKEY_MAX + 1], *file, *at;
	struct folder f;
	struct view *all;
	size_t len;
	uint8_t own[32];

	build();
	all = load();
	assert_int_equal(folder_open(&f, simdisk_io(r.disk), RIG_DIR, NULL), 0);
	assert_int_equal(vkey_of_seed(f.id.origin, seed, vkey, NULL), 0);
	memcpy(own, r.l->signer.seed, sizeof(own));
	memcpy(r.l->signer.seed, seed, sizeof(seed));
	save(all);
	memcpy(r.l->signer.seed, own, sizeof(own));
	file = simdisk_read(r.disk, rig_path("state.json"), &len);
	file = realloc(file, len + 1);
	file[len] = '\0';
	expect_unused(file, NULL);
	expect_unused(file, r.l);
	at = simdisk_read(r.disk, rig_path("LEDGER"), &len);
	at = realloc(at, len + 1);
	at[len] = '\0';
	assert_int_equal(strlen(f.id.vkey), strlen(vkey));
	memcpy(strstr(at, f.id.vkey), vkey, strlen(vkey));
	simdisk_write(r.disk, rig_path("LEDGER"), at, len);
	expect_unused(file, NULL);
	free(at);
	free(file);
	folder_close(&f);
	view_free(all);
	rig_fini(&r);
}

/* The key was changed: the rows say so. */
static void
changed_key(void **state)
{
	static const uint8_t seed[32] = "the next key";
	struct view *all, *again;
	uint64_t next;
	char *text;
	size_t len;

	build();
	rig_close(&r);
	r.key_seed = seed;
	assert_int_equal(rig_open(&r), 0);
	append("note-3", "daemon.started", "{}");
	append("note-4", "daemon.started", "{}");
	assert_int_equal(rig_flush(&r), 0);
	all = load();
	save(all);
	assert_int_equal(ledger_state_load(simdisk_io(r.disk), RIG_DIR, NULL,
					   &text, &len, &next, NULL),
			 0);
	free(text);
	again = load();
	expect_equal(all, again);
	view_free(again);
	view_free(all);
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(saved_and_loaded), cmocka_unit_test(another_form),
	    cmocka_unit_test(forged),		cmocka_unit_test(another_key),
	    cmocka_unit_test(changed_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
