/* One read of a source: fetch, text in the helper, outcome, row.  The text
 * of a new or changed page goes into the ledger's store with the row. */
#include "engine/state.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>

struct read *
read_new(struct engine *e, struct source_duty *s, struct wall_time slot,
	 enum run_trigger trigger)
{
	struct check_request request = {0};
	struct read *r = calloc(1, sizeof(*r));
	struct err err;

	if (r == NULL) {
		emit_say(e, LOG_ERR, "%s: no memory for a read",
			 s->source->name);
		return NULL;
	}
	if (check_request_source(s->source, &request, &err) < 0) {
		emit_say(e, LOG_ERR, "%s: %s", s->source->name, err.text);
		free(r);
		return NULL;
	}
	r->config = config_ref_take(e->config);
	r->source = s->source;
	r->slot = slot;
	r->trigger = trigger;
	r->started = wall_from_s(wall_s(e->now.wall));
	r->token = ++e->next_token;
	emit_slot_id(r->row_id, s->source->name, "read", slot);
	r->next = e->reads;
	e->reads = r;
	s->active = true;
	e->ports->http(e->ports->ctx, r->token, &request.http);
	check_request_free(&request);
	return r;
}

static void
read_free(struct read *r)
{
	free(r->final_url);
	config_ref_drop(r->config);
	free(r);
}

void
read_free_all(struct engine *e)
{
	while (e->reads != NULL) {
		struct read *r = e->reads;

		e->reads = r->next;
		read_free(r);
	}
}

static void
read_end(struct engine *e, struct read *r)
{
	struct source_duty *s = jobs_source(e, r->source->name);
	struct read **link = &e->reads;

	command_read_done(e, r, r->outcome);
	if (s != NULL)
		s->active = false;
	while (*link != r)
		link = &(*link)->next;
	*link = r->next;
	read_free(r);
	e->alerts_dirty = true;
	engine_dirty_all(e);
}

static void
record(struct engine *e, struct read *r, enum page_outcome outcome,
       const struct page_text *text)
{
	const struct view_source *v = view_source(e->view, r->source->name);
	struct digest filter = page_filter_digest(r->source), digest;
	bool has_text = text != NULL && text->status == 0;
	struct row_blob blob = {0};
	struct buf body = {0};
	struct check_source row = {
	    .source = r->source->name,
	    .url = r->source->url,
	    .final_url = r->final_url == NULL ? "" : r->final_url,
	    .http_status = r->response.status,
	    .outcome = outcome,
	    .previous = v != NULL && v->fact.read ? &v->fact.text : NULL,
	    .filter = &filter,
	    .title = has_text && text->title != NULL ? text->title : "",
	    .trigger = run_trigger_name(r->trigger),
	    .slot = r->slot,
	    .read_at = r->started,
	};

	r->outcome = outcome;
	if (has_text) {
		digest = digest_sha256(text->text, text->len);
		row.text = &digest;
		row.text_bytes = (int64_t)text->len;
		blob = (struct row_blob){text->text, text->len, digest};
	}
	if (check_source_body(&body, &row) < 0 ||
	    emit_row(e, "check.source", r->row_id, e->now.wall, &body,
		     outcome == PAGE_NEW || outcome == PAGE_CHANGED
			 ? &blob
			 : NULL) != 0) {
		emit_say(e, LOG_ERR, "%s: the read was not recorded",
			 r->source->name);
		/* What is not recorded was not seen. */
		r->outcome = PAGE_ERROR;
		read_end(e, r);
	}
	buf_free(&body);
}

void
read_http_done(struct engine *e, struct read *r,
	       const struct http_response *response)
{
	enum page_outcome outcome;

	r->response = (struct http_response){
	    .transport = response->transport,
	    .status = response->status,
	    .body_len = response->body_len,
	    .redirects = response->redirects,
	};
	r->final_url =
	    strdup(response->final_url == NULL ? "" : response->final_url);
	r->response.final_url = r->final_url;
	if (response->credential_leaked)
		emit_secret(e, r->source->name);
	if (response->sent.us > 0)
		r->started = wall_from_s(wall_s(response->sent));
	r->outcome = PAGE_ERROR;
	if (r->final_url == NULL || response->transport == TRANSPORT_STOPPED) {
		read_end(e, r); /* not a finding; its slot is still open */
		return;
	}
	if (!page_classify_response(r->source, response, &outcome)) {
		record(e, r, outcome, NULL);
		return;
	}
	r->extracting = e->ports->page_text(e->ports->ctx, r->token, response,
					    r->source->pointer) == 0;
	if (!r->extracting) {
		/* Told as a page whose text could not be had. */
		struct page_text none = page_text_failed(ERR_NOMEM);

		read_page_done(e, r, &none);
		page_text_free(&none);
	}
}

void
read_page_done(struct engine *e, struct read *r, const struct page_text *raw)
{
	const struct view_source *v = view_source(e->view, r->source->name);
	bool known = v != NULL && v->fact.read;
	struct buf clean = {0};
	struct page_text text = emit_page_text(e, r->source->name, raw, &clean);

	record(e, r,
	       page_classify_text(r->source, &r->response, &text,
				  known ? &v->fact.text : NULL,
				  known ? v->fact.text_len : 0),
	       &text);
	buf_free(&clean);
}

void
read_row(struct engine *e, struct read *r)
{
	read_end(e, r);
}
