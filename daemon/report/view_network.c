/* What the rows of checks tell of this host's own network.
 *
 * A host that cannot reach anybody finds every gateway and every page silent.
 * Each workload and each source remembers whether its newest try was; the
 * view remembers the newest answer of anybody.  Only the newest ones count,
 * so that those rows alone fold to the same.  Loopback is no network: what
 * was asked there tells nothing. */
#include "base/json.h"
#include "conf/url.h"
#include "page/page.h"
#include "report/view_fold.h"

#include <string.h>

static bool
is_class(struct json_object *body, const enum transport *of, size_t n)
{
	const char *class = view_text(body, "status_class");

	for (size_t i = 0; i < n; i++) {
		if (strcmp(class, transport_name(of[i])) == 0)
			return true;
	}
	return false;
}

/* A certificate, or an answer that was cut off, came from somebody. */
enum view_answer
view_answer_of_run(struct json_object *body)
{
	static const enum transport silent[] = {
	    TRANSPORT_DNS, TRANSPORT_CONNECT, TRANSPORT_TIMEOUT};
	static const enum transport kept[] = {
	    TRANSPORT_INSECURE, TRANSPORT_HOST, TRANSPORT_NO_CREDENTIAL,
	    TRANSPORT_STOPPED};

	if (url_is_loopback(view_text(body, "endpoint")) ||
	    is_class(body, kept, sizeof(kept) / sizeof(kept[0])))
		return VIEW_NOT_ASKED;
	return is_class(body, silent, sizeof(silent) / sizeof(silent[0]))
		   ? VIEW_SILENT
		   : VIEW_ANSWERED;
}

/* The row of a read does not say how far it came. */
enum view_answer
view_answer_of_read(struct json_object *body)
{
	if (url_is_loopback(view_text(body, "url")))
		return VIEW_NOT_ASKED;
	if (json_get_int(body, "http_status", 0) != 0)
		return VIEW_ANSWERED;
	return strcmp(view_text(body, "outcome"),
		      page_outcome_name(PAGE_ERROR)) == 0
		   ? VIEW_SILENT
		   : VIEW_NOT_ASKED;
}

void
view_note_answer(struct view *v, const struct row *row, enum view_answer answer)
{
	const struct alert *offline;

	if (answer != VIEW_ANSWERED)
		return;
	v->answered_seq = row->seq;
	offline = alert_machine_find(v->alerts, "host-offline/evidenced");
	if (offline != NULL && v->back_seq < offline->seq)
		v->back_seq = row->seq;
}
