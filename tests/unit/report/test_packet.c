/* The packet of hand-made rows: text, YAML and JSON against files that a
 * person has read (tests/unit/report/packet.*). */
#include "report/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FILE_MAX_BYTES = 65536 };

static char *
read_file(const char *name)
{
	char path[1024], *bytes = calloc(1, FILE_MAX_BYTES);
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/unit/report/%s",
		 getenv("top_srcdir"), name);
	f = fopen(path, "r");
	if (f == NULL || bytes == NULL)
		fail_msg("%s cannot be read", path);
	assert_in_range(fread(bytes, 1, FILE_MAX_BYTES - 1, f), 1,
			FILE_MAX_BYTES - 2);
	fclose(f);
	return bytes;
}

static struct row
row(uint64_t seq, const char *kind, const char *body)
{
	struct row r = {
	    .seq = seq, .kind = kind, .body = body, .body_len = strlen(body)};

	assert_int_equal(wall_parse("2026-07-03T09:12:00Z", &r.at), 0);
	r.leaf = digest_sha256("leaf", 4);
	return r;
}

/* The record, with what it rests on when whole. */
static struct packet *
make(const char *body, enum packet_choice choice, bool whole)
{
	static const struct {
		uint64_t seq;
		const char *kind, *body;
	} evidence[] = {
	    {21, "source.approved",
	     "{\"role\":\"pricing-owner\",\"source\":\"gw-pricing\"}"},
	    {103, "check.happy",
	     "{\"check\":\"support-chat/happy\",\"outcome\":\"pass\","
	     "\"request_time_utc\":\"2026-07-03T05:10:00Z\","
	     "\"usage\":{\"completion_tokens\":null,\"prompt_tokens\":0,"
	     "\"total_tokens\":14}}"},
	    {105, "check.usage",
	     "{\"after\":{\"down\":70,\"up\":100},"
	     "\"before\":{\"down\":90,\"up\":100},"
	     "\"check\":\"support-chat/usage\",\"outcome\":\"visible\","
	     "\"tier\":\"counter\",\"unit\":\"quota\"}"},
	};
	struct row record = row(130, "record", body);
	struct packet *packet;
	struct err err = {0};

	if (packet_new(&record, choice, &packet, &err) < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; whole && i < 3; i++) {
		struct row r =
		    row(evidence[i].seq, evidence[i].kind, evidence[i].body);

		assert_int_equal(packet_add(packet, &r), 0);
	}
	return packet;
}

static void
expect_file(const char *name, const struct buf *out)
{
	char *expected = read_file(name);

	if (getenv("EVIDENCED_WRITE_GOLDEN") != NULL) {
		char path[1024];
		FILE *f;

		snprintf(path, sizeof(path), "%s/tests/unit/report/%s",
			 getenv("top_srcdir"), name);
		f = fopen(path, "w");
		assert_non_null(f);
		fwrite(out->data, 1, out->len, f);
		fclose(f);
	} else {
		assert_string_equal(buf_text(out), expected);
	}
	free(expected);
}

static void
whole_packet(void **state)
{
	char *body = read_file("record-pass.json");
	struct packet *packet = make(body, PACKET_CLOSED, true);
	struct buf out = {0};
	struct writer w = {.width = 80, .out = &out};

	packet_text(packet, NULL, &w);
	assert_true(writer_ok(&w));
	expect_file("packet.txt", &out);
	buf_reset(&out);
	assert_int_equal(packet_yaml(packet, &out), 0);
	expect_file("packet.yaml", &out);
	buf_reset(&out);
	assert_int_equal(packet_json(packet, &out), 0);
	expect_file("packet.json", &out);
	buf_free(&out);
	packet_free(packet);
	free(body);
}

/* Held, by a role, with nothing observed, and words of a newer version. */
static void
held_packet(void **state)
{
	char *body = read_file("record-hold.json");
	struct packet *packet = make(body, PACKET_NEWEST, false);
	struct buf out = {0};
	struct writer w = {.width = 80, .out = &out};

	packet_text(packet, NULL, &w);
	expect_file("packet-hold.txt", &out);
	buf_reset(&out);
	assert_int_equal(packet_yaml(packet, &out), 0);
	expect_file("packet-hold.yaml", &out);
	buf_free(&out);
	packet_free(packet);
	free(body);
}

/* The names and their order are the public schema: they stand here once more,
 * written by hand. */
static void
fourteen_names_in_order(void **state)
{
	static const char *const names[] = {"review_date",
					    "reviewer_role",
					    "source_urls_checked",
					    "request_time_utc",
					    "workload_label",
					    "owner_group",
					    "environment",
					    "request_result",
					    "usage_evidence_present",
					    "pricing_reference_checked",
					    "allocation_rule",
					    "unit_metric_name",
					    "decision",
					    "follow_up_owner"};
	char *body = read_file("record-pass.json");
	struct packet *packet = make(body, PACKET_GIVEN, false);
	struct buf out = {0};
	char *line, *rest;
	size_t n = 0;

	assert_int_equal(packet_yaml(packet, &out), 0);
	rest = out.data;
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (line[0] == '#' || line[0] == ' ' || line[0] == '\0')
			continue;
		assert_true(n < 14);
		line[strcspn(line, ":")] = '\0';
		assert_string_equal(line, names[n++]);
	}
	assert_int_equal(n, 14);
	buf_free(&out);
	packet_free(packet);
	free(body);
}

static void
response_only_is_said(void **state)
{
	char *body = read_file("record-pass.json");
	char *tier = strstr(body, "\"evidence_tier\":\"counter\"");
	struct packet *packet;
	struct buf out = {0};
	struct writer w = {.width = 80, .out = &out};

	assert_non_null(tier);
	memmove(tier + 26, tier + 25, strlen(tier + 25) + 1);
	memcpy(tier, "\"evidence_tier\":\"response\"", 26);
	packet = make(body, PACKET_GIVEN, false);
	packet_text(packet, NULL, &w);
	assert_non_null(
	    strstr(buf_text(&out), "Decision: pass (response only), by"));
	assert_non_null(strstr(buf_text(&out), "pass (response only)\n"));
	buf_reset(&out);
	assert_int_equal(packet_yaml(packet, &out), 0);
	assert_non_null(strstr(buf_text(&out), "\n# pass (response only): "));
	assert_non_null(strstr(buf_text(&out), "\ndecision: \"pass\"\n"));
	buf_free(&out);
	packet_free(packet);
	free(body);
}

/* A copy with one text in the place of another. */
static char *
replace(const char *body, const char *from, const char *to)
{
	const char *at = strstr(body, from);
	char *copy = calloc(1, strlen(body) + strlen(to) + 1);

	assert_non_null(at);
	assert_non_null(copy);
	memcpy(copy, body, (size_t)(at - body));
	strcat(copy, to);
	strcat(copy, at + strlen(from));
	return copy;
}

/* Whose word it is: neither evidenced has read that page, nor did nobody. */
static void
what_a_person_attested(void **state)
{
	static const char page[] =
	    "{\"note\":\"$5\",\"peer_uid\":1001,\"role\":\"pricing-owner\","
	    "\"source\":\"gw-pricing\",\"text_sha256\":\"\"}";
	static const char usage[] =
	    "{\"note\":\"\",\"peer_uid\":1000,\"role\":\"reader\",\"run\":"
	    "\"a\",\"surface\":\"quota\",\"workload_label\":\"support-chat\"}";
	char *pass = read_file("record-pass.json");
	char *body =
	    replace(pass, "\"approved_seq\":21", "\"approved_seq\":null");
	struct row attested = row(22, "attest.source", page);
	struct row seen = row(23, "attest.usage", usage);
	struct packet *packet = make(body, PACKET_GIVEN, true);
	struct buf out = {0};
	struct writer w = {.width = 200, .out = &out};

	packet_text(packet, NULL, &w);
	assert_non_null(strstr(buf_text(&out),
			       "  read 2026-07-03T05:20:01Z, but its "
			       "text equals no approved"));
	assert_null(strstr(buf_text(&out), "Attested by a person"));
	assert_int_equal(packet_add(packet, &attested), 0);
	assert_int_equal(packet_add(packet, &seen), 0);
	buf_reset(&out);
	packet_text(packet, NULL, &w);
	assert_non_null(
	    strstr(buf_text(&out),
		   "\nAttested by a person, for this day alone\n"
		   "  - page gw-pricing, by pricing-owner (user 1001) at "
		   "2026-07-03T09:12:00Z, row 22\n"
		   "  - the usage of the run, by reader (user 1000) at "
		   "2026-07-03T09:12:00Z, row 23\n"));
	assert_non_null(strstr(
	    buf_text(&out),
	    "\nPricing reference\n  read and attested, by pricing-owner (user "
	    "1001) at 2026-07-03T09:12:00Z, row 22\n"));
	assert_null(strstr(buf_text(&out), "$5"));
	buf_free(&out);
	packet_free(packet);
	free(body);
	free(pass);
}

/* A row that lacks one of the fourteen is no record. */
static void
other_rows_are_refused(void **state)
{
	static const char *const bodies[] = {"{}", "[]", "{\"review_date\":1",
					     "{\"decision\":\"pass\"}"};

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct row r = row(1, "record", bodies[i]);
		struct packet *packet;
		struct err err;

		assert_true(packet_new(&r, PACKET_GIVEN, &packet, &err) < 0);
	}
}

static void
only_its_own_evidence(void **state)
{
	char *body = read_file("record-pass.json");
	struct packet *packet = make(body, PACKET_GIVEN, false);
	struct row other = row(999, "note", "{}");
	struct row own = row(21, "note", "{}");
	size_t n;

	assert_int_equal(packet_add(packet, &other), ERR_NOT_FOUND);
	assert_int_equal(packet_add(packet, &own), 0);
	assert_int_equal(packet_add(packet, &own), ERR_NOT_FOUND);
	assert_int_equal(packet_evidence(packet, &n)[1], 21);
	assert_int_equal(n, 13);
	packet_free(packet);
	free(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_packet),
	    cmocka_unit_test(held_packet),
	    cmocka_unit_test(fourteen_names_in_order),
	    cmocka_unit_test(response_only_is_said),
	    cmocka_unit_test(what_a_person_attested),
	    cmocka_unit_test(other_rows_are_refused),
	    cmocka_unit_test(only_its_own_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
