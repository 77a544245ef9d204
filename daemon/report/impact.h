/* What another configuration would hold and release. */
#ifndef REPORT_IMPACT_H
#define REPORT_IMPACT_H

#include "base/buf.h"
#include "conf/config.h"
#include "report/view.h"

enum impact_credential { IMPACT_UNKNOWN, IMPACT_NOT_LOADED, IMPACT_LOADED };

typedef enum impact_credential impact_credential_fn(void *ctx,
						    const char *name);

struct impact {
	const struct config *before, *after;
	const struct view *view; /* NULL: no row is known */
	struct wall_time now;
	impact_credential_fn *credential; /* NULL: nothing is known of any */
	void *ctx;			  /* of credential() */
};

/* The reasons that hold a workload by the configuration, the credentials and
 * the approvals alone, whatever its runs show. */
reason_set impact_reasons(const struct impact *impact,
			  const struct config *config,
			  const struct workload *workload);

/* Canonical JSON: {"changes":[{...}],"schema":1,"still_held":N,"total":N,
 * "unknown_credentials":N,"workloads":[{...}]}; the total is of the new
 * configuration, and so is how many name a credential of which nothing is
 * known, and how many are held as before, whether they are in the list or
 * not.  Changes are those of all but the workloads themselves
 * (report/changes.h): after, before, change, name, what.  A workload is in
 * the list when it is new, gone, changed, or held by other reasons:
 *   label, change: added|removed|changed|same,
 *   effect: held|released|still held|none|removed,
 *   before, after: codes of reasons, null where it is not configured,
 *   intake: what is tested of it differs, so that its pair runs at once. */
void impact_json(const struct impact *impact, struct buf *out);

/* A line for each change, then one for each workload that it holds or
 * releases: "held workload a: OWNER_MISSING", "released workload a, as far as
 * the configuration says", for what its day shows is not asked. */
void impact_print(const struct impact *impact, struct buf *out);

#endif
