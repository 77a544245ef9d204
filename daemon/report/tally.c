/* A workload without a record of the day is pending, never held, and a pass by
 * the response alone is counted apart: they are not mixed. */
#include "report/tally.h"
#include "govern/govern.h"

void
tally_records(const struct config *config, const struct view *view, int32_t day,
	      struct tally *ret)
{
	struct tally t = {0};

	for (size_t i = 0; i < config->n_workloads; i++) {
		const struct workload *w = &config->workloads[i];
		const struct view_workload *v = view_workload(view, w->label);
		bool has =
		    v != NULL && v->record.present && v->record.day == day;

		switch (has ? v->record.decision : DECISION_NONE) {
		case DECISION_PASS:
			if (v->record.response_only)
				t.response_only++;
			else
				t.pass++;
			break;
		case DECISION_HOLD:
			t.hold++;
			break;
		case DECISION_INCONCLUSIVE:
			t.inconclusive++;
			break;
		case DECISION_FAIL:
			t.fail++;
			break;
		default:
			if (govern_review_day(w, day))
				t.pending++;
			else
				t.not_due++;
			break;
		}
	}
	*ret = t;
}
