/* Every day of a simulated year has a packet, and what each says is counted
 * again from the rows by other means: no workload is eligible without its own
 * record of that day, and every workload that was configured on a part of the
 * day stands somewhere, and no other without a record. */
#include "base/json.h"
#include "report/loadings.h"
#include "report/rollup.h"
#include "year.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct count {
	int packets, eligible, without, faults;
};

static int
fault(const char *label, int32_t day, const char *what)
{
	char text[WALL_DAY_LEN + 1];

	printf("%s %s: %s\n", label, day_format(day, text), what);
	return 1;
}

/* The newest record of the day among the rows, or NULL. */
static const struct fake_row *
newest_record(const struct fake *f, const char *label, int32_t day, size_t n)
{
	char date[64], name[80], text[WALL_DAY_LEN + 1];

	snprintf(date, sizeof(date), "\"review_date\":\"%s\"",
		 day_format(day, text));
	snprintf(name, sizeof(name), "\"workload_label\":\"%s\"}", label);
	while (n-- > 0) {
		const struct fake_row *row = &f->rows[n];

		if (strcmp(row->kind, "record") == 0 &&
		    strstr(row->body, date) != NULL &&
		    strstr(row->body, name) != NULL)
			return row;
	}
	return NULL;
}

static int
check_entry(const struct fake *f, const struct rollup *r,
	    const struct rollup_entry *e, size_t n_rows)
{
	const char *label = e->span->label;
	const struct fake_row *row = newest_record(f, label, r->day, n_rows);
	bool eligible =
	    e->state == ROLLUP_PASS || e->state == ROLLUP_RESPONSE_ONLY;
	bool passed =
	    row != NULL && strstr(row->body, "\"decision\":\"pass\"") != NULL;

	if (eligible != passed)
		return fault(label, r->day, "eligible and record differ");
	if (eligible && (e->reasons != 0 || row->row.seq != e->seq))
		return fault(label, r->day, "it is another record");
	if ((row != NULL) != (e->record != NULL))
		return fault(label, r->day, "a record is lost or made up");
	if (e->pass_days > e->due_days || e->response_days > e->pass_days)
		return fault(label, r->day, "more passes than due days");
	return 0;
}

static const struct rollup_entry *
entry_of(const struct rollup *r, const char *label)
{
	for (size_t i = 0; i < r->n; i++) {
		if (strcmp(r->entries[i].span->label, label) == 0)
			return &r->entries[i];
	}
	return NULL;
}

static int
check_sums(const struct rollup *r)
{
	int n = 0, states = 0, eligible = 0;

	for (size_t i = 0; i < r->n_groups; i++)
		n += r->groups[i].n;
	for (int i = 0; i < ROLLUP_STATES; i++)
		states += r->all.states[i];
	for (size_t i = 0; i < r->n; i++)
		eligible += r->entries[i].state == ROLLUP_PASS;
	if (n != (int)r->n || states != n ||
	    eligible != r->all.states[ROLLUP_PASS])
		return fault("(all)", r->day, "the sums differ");
	return 0;
}

static bool
is_identity(const char *key)
{
	return strcmp(key, "schema") == 0 || strcmp(key, "seq") == 0 ||
	       strcmp(key, "ledger_seq") == 0 ||
	       strcmp(key, "approved_seq") == 0 || strcmp(key, "peer_uid") == 0;
}

static int
check_object(const struct rollup *r, struct json_object *o)
{
	static const char *const needed[] = {"unit", "basis", "source",
					     "as_of"};

	json_object_object_foreach(o, key, value)
	{
		if (!json_object_is_type(value, json_type_int) ||
		    is_identity(key))
			continue;
		for (size_t i = 0; i < 4; i++) {
			if (json_get(o, needed[i]) == NULL)
				return fault(key, r->day,
					     "a number stands alone");
		}
	}
	return 0;
}

static int
check_numbers(const struct rollup *r)
{
	struct buf out = {0};
	struct writer w = {.format = WRITER_JSON, .width = 80, .out = &out};
	int faults = 0;
	char *rest, *line;

	rollup_print(r, &w);
	rest = out.data;
	while ((line = strsep(&rest, "\n")) != NULL && line[0] != '\0') {
		struct json_object *o;

		if (json_parse(line, strlen(line), &JSON_FOREIGN_LIMITS, &o,
			       NULL) < 0)
			return fault("json", r->day, line);
		faults += check_object(r, o);
		json_object_put(o);
	}
	faults += !writer_ok(&w);
	buf_free(&out);
	return faults;
}

/* By what the story loaded when, and not by the rows. */
static bool
was_configured(const struct year *y, const char *label, int32_t day)
{
	for (size_t i = 0; i < y->n_periods; i++) {
		const struct period *p = &y->periods[i];

		if (wall_day(p->from) <= day && day <= wall_day(p->to) &&
		    config_workload(p->config, label) != NULL)
			return true;
	}
	return false;
}

static int
check_who_is_there(const struct year *y, const struct rollup *r)
{
	int faults = 0;

	for (size_t i = 0; i < y->n_periods; i++) {
		const struct config *c = y->periods[i].config;

		for (size_t k = 0; k < c->n_workloads; k++) {
			const char *label = c->workloads[k].label;
			const struct rollup_entry *e = entry_of(r, label);
			bool due = was_configured(y, label, r->day);

			if (e == NULL && due)
				faults += fault(label, r->day, "it vanished");
			if (e != NULL && !due && e->record == NULL)
				faults += fault(label, r->day,
						"nobody had configured it");
		}
	}
	return faults;
}

static const struct config *
config_of(const struct year *y, int32_t day)
{
	struct wall_time end = wall_day_start(day + 1);
	const struct config *config = y->periods[0].config;

	for (size_t i = 0; i < y->n_periods; i++) {
		if (y->periods[i].from.us < end.us)
			config = y->periods[i].config;
	}
	return config;
}

static void
check_packet(const struct year *y, struct rollup *r, struct count *c)
{
	const struct fake *f = &y->world.fake;

	for (size_t i = 0; i < r->n; i++) {
		c->faults += check_entry(f, r, &r->entries[i], f->n_rows);
		c->eligible += r->entries[i].state == ROLLUP_PASS;
		c->without += r->entries[i].record == NULL;
	}
	c->faults += check_sums(r) + check_numbers(r);
	c->faults += check_who_is_there(y, r);
	c->packets++;
}

/* The texts that the rows name lie beside the ledger. */
static int
load_configured(const struct fake *f, struct span *span)
{
	struct loadings loadings = {0};
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < f->n_rows; i++)
		r = loadings_apply(&loadings, &f->rows[i].row);
	span_begin(span, &f->rows[0].row);
	span_load_from(span, loadings_begin(&loadings));
	for (size_t i = 0; r == 0 && i < f->n_rows; i++) {
		const struct fake_row *row = &f->rows[i];
		int32_t first, last;

		if (strcmp(row->kind, "config.loaded") != 0)
			continue;
		loadings_days(&loadings, n, &first, &last);
		r = span_load(span, first, last, &loadings.all[n++].digest,
			      row->blob, row->blob_len);
	}
	loadings_free(&loadings);
	return r;
}

/* The packet of a day as of the end of the year. */
static void
one_day(const struct year *y, const struct view *view, int32_t day,
	struct count *c)
{
	const struct fake *f = &y->world.fake;
	/* Another day's than that of the review, often enough. */
	const struct config *config =
	    config_of(y, day % 2 == 0 ? day : civil_day(2026, 12, 31));
	struct civil civil = civil_from_s(wall_s(wall_day_start(day)));
	struct rollup_asked asked = {.by = (enum rollup_by)(day % ROLLUP_BYS),
				     .choice = PACKET_CLOSED};
	struct snapshots snapshots;
	struct rollup rollup;
	struct span span;
	int r = 0;

	snapshots_init(&snapshots, civil_day(civil.year, civil.month, 1),
		       civil.day);
	span_init(&span, civil_day(civil.year, civil.month, 1), civil.day);
	for (size_t i = 0; r == 0 && i < f->n_rows; i++) {
		r = snapshots_apply(&snapshots, &f->rows[i].row);
		if (r == 0 && f->rows[i].row.at.us >= span_since(&span).us)
			r = span_apply(&span, &f->rows[i].row);
	}
	if (r == 0)
		r = load_configured(f, &span);
	for (size_t i = 0; r == 0 && i < config->n_workloads; i++)
		r = span_expect(&span, config->workloads[i].label);
	if (r < 0 || span_end(&span) < 0 ||
	    rollup_make(config, view, &snapshots, &span, &asked, &rollup) < 0)
		abort();
	check_packet(y, &rollup, c);
	rollup_free(&rollup);
	snapshots_free(&snapshots);
	span_free(&span);
}

int
main(void)
{
	int32_t first = civil_day(2026, 1, 1), days = 365;
	struct count c = {0};
	struct year y = {0};

	year_run(&y);
	/* Every ninth day, and the days around the ends of months. */
	for (int32_t i = 0; i < days; i++) {
		struct civil civil =
		    civil_from_s(wall_s(wall_day_start(first + i)));

		if (i % 9 == 0 || civil.day == 1 || civil.day >= 30)
			one_day(&y, engine_view(y.world.fake.engine), first + i,
				&c);
	}
	printf("%d packets, %d passes, %d without a record, %d faults\n",
	       c.packets, c.eligible, c.without, c.faults);
	if (c.packets < 60 || c.eligible < 300 || c.without < 10) {
		printf("too little was looked at\n");
		c.faults++;
	}
	year_free(&y);
	return c.faults == 0 ? 0 : 1;
}
