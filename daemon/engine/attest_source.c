/* A person read a page that evidenced is kept from, and saved it.
 *
 * The file is read like a page: by the same helper, with the same markers and
 * filter; what is not the page is refused.  The row keeps the text, so that
 * everybody can see what was looked at.  An attestation counts on its day, for
 * workloads that allow it; it moves no baseline, and an approval of what
 * evidenced reads by itself stays what it is. */
#include "base/json.h"
#include "base/redact.h"
#include "conf/nearest.h"
#include "engine/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAVED_MAX = 8 };

/* A file whose text is being extracted. */
struct saved_page {
	struct saved_page *next;
	uint64_t token, client;
	struct config_ref *config; /* keeps the source alive */
	const struct source *source;
	struct ctl_request request;
	uid_t peer_uid;
	size_t file_bytes;
};

static void
drop(struct engine *e, struct saved_page *p)
{
	struct saved_page **link = &e->saved;

	while (*link != p)
		link = &(*link)->next;
	*link = p->next;
	config_ref_drop(p->config);
	free(p);
}

void
attest_free_all(struct engine *e)
{
	while (e->saved != NULL)
		drop(e, e->saved);
}

static bool
is_allowed(const struct config *c, const struct source *source)
{
	for (size_t i = 0; i < c->n_workloads; i++) {
		const struct workload *w = &c->workloads[i];

		if (w->allow_attestation && workload_rests_on(w, source))
			return true;
	}
	return false;
}

static struct saved_page *
saved_new(struct engine *e, uint64_t client, const struct source *source,
	  const struct ctl_request *request, const struct ctl_peer *peer)
{
	struct saved_page *p;
	size_t n = 0;

	for (p = e->saved; p != NULL; p = p->next)
		n++;
	p = n >= SAVED_MAX ? NULL : calloc(1, sizeof(*p));
	if (p == NULL)
		return NULL;
	p->token = ++e->next_token;
	p->client = client;
	p->config = config_ref_take(e->config);
	p->source = source;
	p->request = *request;
	p->peer_uid = peer->uid;
	p->next = e->saved;
	e->saved = p;
	return p;
}

void
command_attest_source(struct engine *e, uint64_t client,
		      const struct ctl_request *request,
		      const struct ctl_peer *peer)
{
	const struct source *source =
	    config_source(engine_conf(e), request->name);
	struct saved_page *p;
	struct err err;

	if (source == NULL) {
		command_unknown(e, client, "source", request->name,
				NEAREST_SOURCE, "evidencectl list sources");
		return;
	}
	if (!command_role_permits(e, client, request, peer, MAY_ATTEST) ||
	    !command_note_ok(e, client, request))
		return;
	if (!is_allowed(engine_conf(e), source)) {
		command_answer(e, client, CTL_REFUSED,
			       "ATTESTATION_NOT_ALLOWED: no workload that uses "
			       "%s says allow_attestation = true; evidencectl "
			       "show %s names them; then: evidencectl reload",
			       source->name, source->name);
		return;
	}
	p = saved_new(e, client, source, request, peer);
	if (p == NULL) {
		command_answer(e, client, CTL_REFUSED,
			       "BUSY: other saved pages are being read; try "
			       "again");
		return;
	}
	if (e->ports->saved_page(e->ports->ctx, client, p->token,
				 source->pointer, &p->file_bytes, &err) < 0) {
		command_answer(e, client, CTL_REFUSED, "FILE_UNREADABLE: %s",
			       err.text);
		drop(e, p);
	}
}

static void
put_body(const struct saved_page *p, const struct page_text *text,
	 const struct digest *digest, struct buf *out)
{
	char hex[DIGEST_HEX_LEN + 1], id[SNAPSHOT_ID_LEN + 1];
	struct digest filter = page_filter_digest(p->source);
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_int(&w, "file_bytes", (int64_t)p->file_bytes);
	json_put_string(&w, "filter_sha256", digest_hex(&filter, hex));
	json_put_int(&w, "normaliser", PAGE_NORMALISER_VERSION);
	json_put_string(&w, "note", p->request.note);
	json_put_int(&w, "peer_uid", p->peer_uid);
	json_put_string(&w, "role", p->request.role);
	json_put_string(&w, "snapshot", page_snapshot_id(digest, id));
	json_put_string(&w, "source", p->source->name);
	json_put_int(&w, "text_bytes", (int64_t)text->len);
	json_put_string(&w, "text_sha256", digest_hex(digest, hex));
	json_put_string(&w, "title", text->title == NULL ? "" : text->title);
	json_put_string(&w, "url", p->source->url);
	json_object_close(&w);
}

static void
record(struct engine *e, const struct saved_page *p,
       const struct page_text *text)
{
	struct digest digest = digest_sha256(text->text, text->len);
	struct row_blob blob = {text->text, text->len, digest};
	char id[ROW_ID_MAX + 1], answer[300], snapshot[SNAPSHOT_ID_LEN + 1];
	struct buf body = {0};

	put_body(p, text, &digest, &body);
	command_row_id(e, &p->request, id);
	snprintf(answer, sizeof(answer),
		 "attested: %s was read and saved, snapshot %s, by %s\n",
		 p->source->name, page_snapshot_id(&digest, snapshot),
		 p->request.role);
	command_append_blob(e, p->client, "attest.source", id, &body, &blob,
			    answer);
	buf_free(&body);
}

/* A page that evidenced would not believe is no better for being saved. */
static enum page_outcome
outcome_of(const struct engine *e, const struct saved_page *p,
	   const struct page_text *text)
{
	const struct view_source *v = view_source(e->view, p->source->name);
	bool known = v != NULL && v->fact.read;
	struct http_response response = {.transport = TRANSPORT_OK,
					 .status = 200,
					 .body = "",
					 .body_len = p->file_bytes,
					 .final_url = p->source->url};

	return page_classify_text(p->source, &response, text,
				  known ? &v->fact.text : NULL,
				  known ? v->fact.text_len : 0);
}

bool
attest_page_done(struct engine *e, uint64_t token, const struct page_text *raw)
{
	struct saved_page *p = e->saved;
	struct page_text own, *text = &own;
	struct buf clean = {0};
	enum page_outcome outcome;

	while (p != NULL && p->token != token)
		p = p->next;
	if (p == NULL)
		return false;
	own = emit_page_text(e, "attest.source", raw, &clean);
	outcome = outcome_of(e, p, text);
	if (text->status == ERR_IO || text->status == ERR_BUSY ||
	    text->status == ERR_NOMEM)
		command_answer(e, p->client, CTL_REFUSED,
			       "FILE_UNREADABLE: its text could not be taken "
			       "out (%s); try again, and see journalctl -u "
			       "evidenced",
			       err_name(text->status));
	else if (page_outcome_good(outcome) && text->status == 0)
		record(e, p, text);
	else
		command_answer(e, p->client, CTL_REFUSED,
			       "NOT_THE_PAGE: the file of %s is not what its "
			       "source describes (%s); see evidencectl show %s",
			       p->source->name, page_outcome_name(outcome),
			       p->source->name);
	drop(e, p);
	buf_free(&clean);
	return true;
}
