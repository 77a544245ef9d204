/* Whether the limits of each gateway hold the planned day.
 *
 * A pair needs the spacing of its gateway, and where the account surface is
 * the counter one read before and one per wait.  Reads are limited by a
 * bucket per gateway: so many at once, refilled evenly.  Each group of
 * workloads with the same window is looked at alone, and then the whole day;
 * the worst case counts, so a plan that fits here always fits. */
#include "conf/load.h"
#include "base/text.h"
#include "conf/loader.h"

#include <inttypes.h>
#include <string.h>

/* What some workloads of a gateway need. */
struct need {
	int64_t pairs;
	int64_t reads;
};

static void
add_workload(struct need *need, const struct workload *w)
{
	const struct profile *profile = w->gateway->profile;
	int64_t pairs = schedule_fires(&w->happy).per_day;

	need->pairs += pairs;
	if (profile != NULL && w->account_surface == SURFACE_COUNTER)
		need->reads += pairs * (1 + (int64_t)profile->surface.wait_s.n);
}

static int64_t
reads_held(const struct gateway *g, int64_t length_s)
{
	if (g->rate_per_s <= 0)
		return INT64_MAX;
	return g->rate_tokens + length_s * g->rate_tokens / g->rate_per_s;
}

/* Seconds that the needed pairs and reads take. */
static int64_t
seconds_needed(const struct gateway *g, const struct need *need)
{
	int64_t pairs_s = need->pairs * g->spacing_s, reads_s = 0;

	if (g->rate_tokens > 0 && need->reads > g->rate_tokens)
		reads_s = ((need->reads - g->rate_tokens) * g->rate_per_s +
			   g->rate_tokens - 1) /
			  g->rate_tokens;
	return pairs_s > reads_s ? pairs_s : reads_s;
}

static void
put_span(int64_t seconds, struct buf *out)
{
	int64_t minutes = (seconds + 59) / 60;

	if (minutes >= 60)
		buf_printf(out, "%" PRId64 "h", minutes / 60);
	if (minutes >= 60 && minutes % 60 != 0)
		buf_printf(out, "%02" PRId64 "m", minutes % 60);
	else if (minutes < 60)
		buf_printf(out, "%" PRId64 "m", minutes);
}

/* One line; true when the need is over what `length_s` holds. */
static bool
report_need(const struct gateway *g, const struct need *need, int64_t length_s,
	    struct buf *out)
{
	int64_t needed = seconds_needed(g, need);

	buf_printf(out, "%" PRId64 " pair%s, %" PRId64 " account read%s",
		   need->pairs, TEXT_PLURAL(need->pairs), need->reads,
		   TEXT_PLURAL(need->reads));
	if (need->reads > 0)
		buf_printf(out, " of %" PRId64, reads_held(g, length_s));
	buf_puts(out, ", ");
	put_span(needed, out);
	buf_puts(out, " needed of ");
	put_span(length_s, out);
	buf_puts(out, needed > length_s ? ": too much\n" : "\n");
	return needed > length_s;
}

static bool
same_window(const struct workload *a, const struct workload *b)
{
	return a->gateway == b->gateway && a->happy.cron == NULL &&
	       b->happy.cron == NULL &&
	       strcmp(a->happy.text, b->happy.text) == 0 &&
	       strcmp(a->happy.zone_name, b->happy.zone_name) == 0;
}

/* The group of workload i, when it is the first of its window. */
static bool
first_of_window(const struct config *config, size_t i, struct need *need)
{
	const struct workload *w = &config->workloads[i];

	*need = (struct need){0, 0};
	for (size_t k = 0; k < config->n_workloads; k++) {
		if (!same_window(w, &config->workloads[k]))
			continue;
		if (k < i)
			return false;
		add_workload(need, &config->workloads[k]);
	}
	return need->pairs > 0;
}

static bool
report_windows(const struct config *config, const struct gateway *g,
	       struct buf *out)
{
	bool over = false;

	for (size_t i = 0; i < config->n_workloads; i++) {
		const struct workload *w = &config->workloads[i];
		struct need need;
		int64_t length;

		if (w->gateway != g || !first_of_window(config, i, &need))
			continue;
		length = w->happy.window_to_s - w->happy.window_from_s;
		buf_printf(out, "  window %s %s: ", w->happy.text,
			   w->happy.zone_name);
		if (!report_need(g, &need, length, out))
			continue;
		over = true;
		buf_puts(out, "    widen evidence_window to ");
		put_span(seconds_needed(g, &need), out);
		buf_puts(out,
			 " or more, or give some workloads another window\n");
	}
	return over;
}

size_t
conf_capacity(const struct config *config, struct buf *out)
{
	size_t n_over = 0;

	for (size_t i = 0; i < config->n_gateways; i++) {
		const struct gateway *g = &config->gateways[i];
		struct need day = {0, 0};
		bool over;

		for (size_t k = 0; k < config->n_workloads; k++) {
			if (config->workloads[k].gateway == g)
				add_workload(&day, &config->workloads[k]);
		}
		if (day.pairs == 0)
			continue;
		buf_printf(out, "gateway %s: a day: ", g->name);
		over = report_need(g, &day, SEC_PER_DAY, out);
		if (over)
			buf_puts(
			    out,
			    "    plan fewer pairs, or raise rate and lower "
			    "spacing if the gateway allows it\n");
		over |= report_windows(config, g, out);
		n_over += over;
	}
	return n_over;
}
