/* SHA256SUMS and tiles that do not agree with the rows: verification says so,
 * and the ledger is good; the next start makes them anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/rig.h"

#include <stdlib.h>
#include <string.h>

enum { SEGMENT = 256, ROWS = 1100 };

static void
spoil(struct rig *r, const char *name, size_t at)
{
	size_t len;
	char *bytes = simdisk_read(r->disk, rig_path(name), &len);

	assert_true(at < len);
	bytes[at] ^= 1;
	simdisk_write(r->disk, rig_path(name), bytes, len);
	free(bytes);
}

static void
cut(struct rig *r, const char *name, size_t len)
{
	char *bytes = simdisk_read(r->disk, rig_path(name), NULL);

	simdisk_write(r->disk, rig_path(name), bytes, len);
	free(bytes);
}

static void
lose_sums(struct rig *r)
{
	simdisk_remove(r->disk, rig_path("SHA256SUMS"));
}

static void
folder_for_sums(struct rig *r)
{
	lose_sums(r);
	simdisk_make_dir(r->disk, rig_path("SHA256SUMS"));
}

static void
spoil_sum(struct rig *r)
{
	spoil(r, "SHA256SUMS", 70 + 3);
}

static void
cut_sums(struct rig *r)
{
	cut(r, "SHA256SUMS", 89);
}

static void
add_sum(struct rig *r)
{
	static const char more[] = "rubbish\n";
	size_t len;
	char *text = simdisk_read(r->disk, rig_path("SHA256SUMS"), &len);
	char *all = malloc(len + sizeof(more));

	memcpy(all, text, len);
	memcpy(all + len, more, sizeof(more) - 1);
	simdisk_write(r->disk, rig_path("SHA256SUMS"), all,
		      len + sizeof(more) - 1);
	free(all);
	free(text);
}

static void
spoil_tile(struct rig *r)
{
	spoil(r, "tile/0/002", 5000);
}

static void
lose_tile(struct rig *r)
{
	simdisk_remove(r->disk, rig_path("tile/0/003"));
}

static void
lose_and_spoil_tiles(struct rig *r)
{
	simdisk_remove(r->disk, rig_path("tile/0/000"));
	spoil_tile(r);
}

static void
cut_tile(struct rig *r)
{
	cut(r, "tile/0/001", 100);
}

static const struct {
	void (*tamper)(struct rig *r);
	const char *words;
} cases[] = {
    {lose_sums, "SHA256SUMS is missing"},
    {spoil_sum, "SHA256SUMS: the line of seg-000000000000.jsonl"},
    {cut_sums, "SHA256SUMS: the line of seg-000000000256.jsonl is wrong or "
	       "missing (2 in all)"},
    {add_sum, "SHA256SUMS: the line of another file"},
    {spoil_tile, "tile/0/002 is missing or wrong (1 tile in all)"},
    {lose_tile, "tile/0/003 is missing or wrong (1 tile in all)"},
    {lose_and_spoil_tiles, "tile/0/000 is missing or wrong (2 tiles in all)"},
    {cut_tile, "tile/0/001 is missing or wrong (1 tile in all)"},
};

static void
fill(struct rig *r)
{
	rig_init(r, SEGMENT);
	r->id_window = 16;
	assert_int_equal(rig_fill(r, ROWS), 0);
	rig_close(r);
}

static void
verify(struct rig *r, int level, const char *words)
{
	struct ledger_verdict v;
	struct err err;

	if (ledger_verify(simdisk_io(r->disk), RIG_DIR, level, &v, &err) < 0)
		fail_msg("%s", err.text);
	if (!v.ok || v.level != level)
		fail_msg("level %d: %s", v.level, v.reason);
	if (words == NULL)
		assert_string_equal(v.reason, "");
	else if (strstr(v.reason, words) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", words, v.reason);
}

static void
test_told(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig r;

		fill(&r);
		verify(&r, 3, NULL);
		cases[i].tamper(&r);
		verify(&r, 2, NULL);
		verify(&r, 3, cases[i].words);
		rig_fini(&r);
	}
}

/* By a start, and what it reads behind it. */
static void
test_made_anew(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig r;

		fill(&r);
		cases[i].tamper(&r);
		if (cases[i].tamper == spoil_sum)
			lose_sums(&r); /* as the words say */
		assert_int_equal(rig_open(&r), 0);
		assert_false(r.rec.damaged);
		assert_true(rig_inspect(&r) >= 0);
		ledger_want_checkpoint(r.l);
		assert_int_equal(ledger_flush(r.l, NULL, NULL, &r.err), 0);
		rig_close(&r);
		verify(&r, 3, NULL);
		rig_fini(&r);
	}
}

/* No start makes it anew where something else stands in the way. */
static void
test_folder_for_sums(void **state)
{
	struct rig r;

	fill(&r);
	folder_for_sums(&r);
	verify(&r, 3,
	       "SHA256SUMS is no file but a folder, a link or another "
	       "thing; move it away");
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_folder_for_sums),
	    cmocka_unit_test(test_told),
	    cmocka_unit_test(test_made_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
