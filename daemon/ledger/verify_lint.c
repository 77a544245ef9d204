/* What lint found in the segments, put together: a row's own form is judged
 * where it is read, and what it names by seq here, when all rows before it are
 * known. */
#include "ledger/verify_inside.h"

#include <stdio.h>

/* The first in the order of rows is the one that is told. */
static void
take_finding(struct verification *x, uint64_t seq, const char *why)
{
	if (x->lint.bad && x->lint.seq <= seq)
		return;
	x->lint = (struct part_fault){.bad = true, .seq = seq};
	snprintf(x->lint.why, sizeof(x->lint.why), "%s", why);
}

int
verify_lint_part(struct verification *x, const struct part *p)
{
	struct rests_fault rests;

	if (rests_judge(&x->rests, &p->rests, &rests) < 0)
		return err_set(&x->err, ERR_NOMEM, "no memory to verify");
	x->verdict.findings += p->findings + rests.rows;
	if (p->findings > 0)
		take_finding(x, p->lint.seq, p->lint.why);
	if (rests.rows > 0)
		take_finding(x, rests.seq, rests.why);
	return 0;
}

void
verify_lint_judge(struct verification *x)
{
	struct ledger_verdict *v = &x->verdict;

	if (!v->ok)
		return;
	if (v->findings > 0) {
		v->only_lint = true;
		verification_bad(x, x->lint.seq, "%s", x->lint.why);
	}
	if (v->findings > 1)
		verification_say(x, "%llu rows in all",
				 (unsigned long long)v->findings);
	if (x->rests.untold > 0)
		verification_say(x,
				 "rows that name pruned rows: %llu; whether "
				 "rightly is not judged",
				 (unsigned long long)x->rests.untold);
}
