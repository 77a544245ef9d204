/* Many exchanges at once: each gets its own answer, and the loop keeps
 * turning.  How long the worst turn took is printed, not asserted: the
 * servers of the test live on the same loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARALLEL = 100, SMALL = 20000, BIG = 262144 };

/* The path names the answer: /N gives N, then padding. */
static void
serve_numbered(struct server *server, struct peer *peer)
{
	const struct buf *padding = server->serve_ctx;
	const char *path = strchr(buf_text(&server->last), '/');
	char head[256];

	snprintf(head, sizeof(head),
		 "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%04ld",
		 padding->len + 4, strtol(path + 1, NULL, 10));
	peer_puts(peer, head);
	peer_send(peer, padding->data, padding->len);
}

static void
fill(struct buf *b, const char *piece, size_t len)
{
	while (b->len + strlen(piece) + 4 <= len)
		buf_puts(b, piece);
}

static void
run_many(const char *what, const char *piece, size_t len)
{
	struct buf padding = {0};
	struct scene *s = calloc(1, sizeof(*s));
	char text[16];

	assert_non_null(s);
	scene_open(s, NULL);
	fill(&padding, piece, len);
	s->servers[0].serve = serve_numbered;
	s->servers[0].serve_ctx = &padding;
	for (uint64_t id = 0; id < PARALLEL; id++) {
		char path[16];
		struct http_request r;

		snprintf(path, sizeof(path), "/%d", (int)id);
		r = scene_billable(scene_url(s, 0, path), "key");
		r.timeout_ms = 25000;
		assert_int_equal(http_start(s->client, id, &r), 0);
	}
	assert_int_equal(http_in_flight(s->client), PARALLEL);
	scene_run(s);
	for (int id = 0; id < PARALLEL; id++) {
		const struct captured *a = &s->answers[id];

		assert_true(a->done);
		assert_int_equal(a->transport, TRANSPORT_OK);
		assert_int_equal(a->status, 200);
		snprintf(text, sizeof(text), "%04d", id);
		assert_memory_equal(a->body.data, text, 4);
	}
	assert_int_equal(s->servers[0].requests, PARALLEL);
	print_message("%s: worst turn of the loop %lld us, %lld of them "
		      "computing\n",
		      what, (long long)s->worst_us, (long long)s->worst_cpu_us);
	scene_close(s);
	free(s);
	buf_free(&padding);
}

static void
test_small(void **state)
{
	run_many("100 answers of 20 kB", "{\"a\":\"b\"},", SMALL);
}

static void
test_big(void **state)
{
	run_many("100 answers of 256 KiB", "lorem ipsum dolor, ", BIG);
}

/* Text that makes the search for secrets work hardest. */
static void
test_hostile(void **state)
{
	run_many("100 hostile answers of 256 KiB",
		 "sk-\\u0073%73k-eyJ- bearer ", BIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_small),
	    cmocka_unit_test(test_big),
	    cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
