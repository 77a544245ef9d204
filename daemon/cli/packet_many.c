/* The packet of all workloads, or of an owner's.
 *
 * The clock and the configuration of now only choose the day, where none is
 * given, and the clock tells what is still due from what nobody can tell any
 * more; all else is what the ledger says, and the same for everybody who has
 * its rows.  The configuration is that of the review date, out of its text
 * beside the ledger; only where that cannot be had does that of now stand in
 * for it, and the packet says so. */
#include "cli/config_then.h"
#include "cli/packet_format.h"
#include "cli/span_read.h"
#include "cli/unknown.h"
#include "report/rollup.h"
#include "report/standing.h"

/* A day that has not closed by then never will. */
enum { DAYS_BACK_MAX = 7, NOT_CLOSED = -1 };

static int32_t
newest_closed(const struct config *config, struct wall_time now)
{
	int32_t day = wall_day(now);

	for (int i = 0;
	     i < DAYS_BACK_MAX && !standing_all_closed(config, day, now); i++)
		day--;
	return day;
}

/* The month up to the day. */
static void
init_period(struct span *span, int32_t day)
{
	struct civil c = civil_from_s(wall_s(wall_day_start(day)));

	span_init(span, civil_day(c.year, c.month, 1), c.day);
}

/* The sources as they were: the view reaches one day back by itself.  Who
 * approved which of their texts is told whenever it was. */
struct sources {
	struct view *view;
	struct snapshots *snapshots;
	struct wall_time until;
};

static int
apply_source(void *ctx, const struct row *row)
{
	struct sources *sources = ctx;
	int r = snapshots_apply(sources->snapshots, row);

	if (r == 0 && row->at.us < sources->until.us)
		r = view_apply(sources->view, row, NULL);
	/* A row that this build cannot read is a newer daemon's. */
	return r == ERR_NOMEM ? r : 0;
}

static int
read_rows(struct session *s, const struct config *config, struct span *span,
	  struct sources *sources)
{
	/* They name no workload, nor do corrections of them: by that an index
	 * finds them at once. */
	const struct rows_question about_sources = {
	    {.kinds = view_source_kinds, .workload = ""},
	    apply_source,
	    sources};

	sources->until = wall_day_start(span->first + span->n_days + 1);
	return span_read(s, config, span, &about_sources);
}

static int
asked_groups(struct session *s, struct rollup_asked *asked)
{
	const char *by = s->args->value[OPTION_BY];

	asked->owner = s->args->value[OPTION_OWNER];
	asked->by = ROLLUP_OWNER;
	if (by != NULL && rollup_by_parse(by, &asked->by) < 0)
		return session_fail(s, CTL_USAGE,
				    "--by %s: owner, application, environment, "
				    "cost-center or pool is expected",
				    by);
	return 0;
}

/* By the configuration of the review date where its text is kept, else by
 * today's; there may be neither. */
static int
check_groups(struct session *s, const struct config *config,
	     const struct span *span, const struct rollup_asked *asked)
{
	char day[WALL_DAY_LEN + 1];

	if (config != NULL || span->in_force_kept ||
	    !rollup_by_needs_config(asked->by))
		return 0;
	return session_fail(
	    s, CTL_CONFIG_INVALID,
	    "--by %s: only a configuration says it, and that of %s is not kept "
	    "beside the ledger; name one: evidencectl -c FILE packet",
	    rollup_by_name(asked->by),
	    day_format(span->first + span->n_days - 1, day));
}

static int
print(struct session *s, const struct rollup *rollup, enum packet_format format)
{
	const char *owner = s->args->value[OPTION_OWNER];
	static const enum writer_format formats[] = {
	    [FORMAT_TEXT] = WRITER_TEXT,
	    [FORMAT_YAML] = WRITER_YAML,
	    [FORMAT_JSON] = WRITER_JSON,
	};

	if (owner != NULL && rollup->n == 0)
		return unknown_thing(s, rollup->config, NEAREST_OWNER,
				     "no workload of owner", owner,
				     "evidencectl list owners");
	if (format == FORMAT_HTML) {
		rollup_page(rollup, &s->out);
	} else {
		s->writer.format = formats[format];
		rollup_print(rollup, &s->writer);
	}
	return CTL_OK;
}

static int
take_newest(void *ctx, struct row_list *rows, struct wall_time oldest)
{
	struct row_names names;
	struct span *span = ctx;
	struct row row;

	(void)oldest;
	/* A block without a row lies behind the rows that count. */
	if (rows->n == 0 || !row_list_at(rows, rows->n - 1, &names, &row))
		return 0;
	span->head_seq = row.seq;
	span->head = row.leaf;
	span->head_at = row.at;
	return 1;
}

/* A ledger whose newest row is older than the period. */
static int
find_head(struct session *s, struct span *span)
{
	static const struct row_filter any;
	const char *dir;
	int r = session_ledger(s, &dir);

	if (r != 0 || span->head_at.us != 0)
		return r;
	return rows_back(s, dir, &any, take_newest, span);
}

/* The rows tell of a workload that was loaded after its window, and is still
 * to have its record: another day is the newest that has closed. */
static bool
is_open(const struct session *s, const struct rollup *r)
{
	return r->choice == PACKET_CLOSED &&
	       rollup_closes(r).us > s->now.wall.us;
}

/* NULL: it is that of now, or cannot be had. */
static struct config *
in_force(struct session *s, const struct config *now, const struct span *span)
{
	const char *dir;

	if (!span->any_in_force || !span->in_force_kept ||
	    (now != NULL && digest_equal(&span->in_force, &now->digest)) ||
	    session_ledger(s, &dir) != 0)
		return NULL;
	return config_then(dir, &span->in_force);
}

static int
make_rollup(struct session *s, const struct config *config,
	    const struct span *span, const struct sources *sources,
	    const struct rollup_asked *asked, enum packet_format format)
{
	struct config *then = in_force(s, config, span);
	struct rollup rollup;
	int r;

	if (rollup_make(then != NULL ? then : config, sources->view,
			sources->snapshots, span, asked, &rollup) < 0) {
		config_free(then);
		return session_fail(s, CTL_CHECK_FAILED, "no memory");
	}
	r = is_open(s, &rollup) ? NOT_CLOSED : print(s, &rollup, format);
	rollup_free(&rollup);
	config_free(then);
	return r;
}

static int
make_and_print(struct session *s, const struct config *config,
	       struct span *span, const struct rollup_asked *asked,
	       enum packet_format format)
{
	struct snapshots snapshots;
	struct sources sources = {view_new(), &snapshots};
	int r;

	if (sources.view == NULL)
		return session_fail(s, CTL_CHECK_FAILED, "no memory");
	snapshots_init(&snapshots, span->first, span->n_days);
	r = read_rows(s, config, span, &sources);
	if (r == 0)
		r = find_head(s, span);
	if (r == 0)
		r = check_groups(s, config, span, asked);
	if (r == 0)
		r = make_rollup(s, config, span, &sources, asked, format);
	snapshots_free(&snapshots);
	view_free(sources.view);
	return r;
}

int
packet_of_many(struct session *s, const struct config *config,
	       const int32_t *given, enum packet_format format)
{
	struct rollup_asked asked = {.choice = PACKET_CLOSED,
				     .now = s->now.wall};
	int r = asked_groups(s, &asked);
	struct span span;
	int32_t day;

	if (r != 0)
		return r;
	if (given != NULL)
		asked.choice = PACKET_GIVEN;
	day = given != NULL ? *given : newest_closed(config, s->now.wall);
	do {
		init_period(&span, day--);
		r = make_and_print(s, config, &span, &asked, format);
		span_free(&span);
	} while (r == NOT_CLOSED);
	return r;
}
