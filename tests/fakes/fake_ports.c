#include "fake_ports.h"

#include "base/json.h"
#include "base/text.h"
#include "ledger/lint.h"
#include "ledger/lint_form.h"
#include "ledger/rests.h"

#include <assert.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* xorshift: the same seed gives the same year. */
static uint64_t
next_random(struct fake *f)
{
	f->random_state ^= f->random_state << 13;
	f->random_state ^= f->random_state >> 7;
	f->random_state ^= f->random_state << 17;
	return f->random_state;
}

static void *
checked(void *p)
{
	if (p == NULL)
		abort();
	return p;
}

/* What the engine writes is what `verify --lint` knows. */
static void
check_form(const struct row_draft *draft)
{
	const char *form = lint_form_of(draft->kind, strlen(draft->kind));
	char why[LINT_WHY_SIZE] = "its kind is not known";
	struct json_object *body;
	bool fits = false;

	if (json_parse(draft->body, draft->body_len, &JSON_LEDGER_LIMITS, &body,
		       NULL) < 0)
		abort();
	if (form != NULL)
		fits = lint_form_fits(form, body, why, sizeof(why));
	json_object_put(body);
	if (!fits) {
		fprintf(stderr, "a row %s: %s: %s\n", draft->kind, why,
			draft->body);
		abort();
	}
}

/* And every row that it names can bear what rests on it. */
static void
check_rests(const struct fake *f)
{
	struct rests all = {.first = 1};
	struct rests_part part = {0};
	struct rests_fault fault;

	for (size_t i = 0; i < f->n_rows; i++) {
		const struct row *row = &f->rows[i].row;
		struct row_parts parts = {.seq = row->seq,
					  .kind = row->kind,
					  .kind_len = strlen(row->kind),
					  .body = row->body,
					  .body_len = row->body_len};

		rests_take(&part, &parts, true);
	}
	if (rests_judge(&all, &part, &fault) < 0)
		abort();
	if (fault.rows > 0) {
		fprintf(stderr, "row %llu: %s: %s\n",
			(unsigned long long)fault.seq, fault.why,
			f->rows[fault.seq - 1].body);
		abort();
	}
	buf_free(&all.rows);
	rests_part_free(&part);
}

static int
port_append(void *ctx, const struct row_draft *draft, struct err *err)
{
	struct fake *f = ctx;
	struct fake_row *r;
	size_t i;

	if (f->damaged)
		return err_set(err, ERR_DAMAGED, "the ledger is damaged");
	check_form(draft);
	if (map_get(&f->ids, draft->id, &i)) {
		r = &f->rows[i];
		if (strcmp(r->kind, draft->kind) == 0 &&
		    strlen(r->body) == draft->body_len &&
		    memcmp(r->body, draft->body, draft->body_len) == 0)
			return i < f->n_durable ? 1 : 0;
		return err_set(err, ERR_EXISTS, "id %s is taken", draft->id);
	}
	assert(strlen(draft->id) <= ROW_ID_MAX);
	f->rows = checked(realloc(f->rows, (f->n_rows + 1) * sizeof(*f->rows)));
	r = &f->rows[f->n_rows];
	*r = (struct fake_row){
	    .id = checked(strdup(draft->id)),
	    .kind = checked(strdup(draft->kind)),
	    .body = checked(strndup(draft->body, draft->body_len)),
	};
	if (draft->blob != NULL) {
		r->blob = checked(strndup(draft->blob->text, draft->blob->len));
		r->blob_len = draft->blob->len;
	}
	r->row = (struct row){
	    .seq = f->n_rows + 1, /* 0 is the ledger's genesis */
	    .at = draft->at,
	    .id = r->id,
	    .kind = r->kind,
	    .body = r->body,
	    .body_len = draft->body_len,
	    .line = r->body,
	    .line_len = draft->body_len,
	    .leaf = digest_sha256(draft->body, draft->body_len),
	};
	map_put(&f->ids, draft->id, f->n_rows);
	f->n_rows++;
	return 0;
}

static bool
port_has_row(void *ctx, const char *id)
{
	struct fake *f = ctx;
	size_t i;

	return map_get(&f->ids, id, &i) && i < f->n_rows;
}

static int
port_read_row(void *ctx, uint64_t seq,
	      void (*fn)(void *arg, const struct row *row), void *arg)
{
	struct fake *f = ctx;

	if (seq == 0 || seq > f->n_durable)
		return ERR_NOT_FOUND;
	fn(arg, &f->rows[seq - 1].row);
	return 0;
}

static int
port_prunable(void *ctx, uint64_t first, struct prune_segment *ret,
	      struct err *err)
{
	struct fake *f = ctx;
	uint64_t end = first + f->segment_rows;

	if (f->segment_rows == 0 || end > f->n_durable)
		return (int)f->prune_stop;
	/* Row 0 is as old as the one behind it. */
	*ret = (struct prune_segment){
	    .first = first,
	    .end = end,
	    .oldest = f->rows[first == 0 ? 0 : first - 1].row.at,
	    .newest = f->rows[end - 2].row.at,
	};
	return PRUNE_FREE;
}

static int
port_prune_digest(void *ctx, uint64_t from, uint64_t to, struct digest *ret,
		  struct err *err)
{
	const uint64_t range[] = {from, to};

	*ret = digest_sha256(range, sizeof(range));
	return 0;
}

static bool
port_may_probe(void *ctx)
{
	struct fake *f = ctx;

	f->n_may_probe++;
	return !f->full && !f->no_probe;
}

static void
port_http(void *ctx, uint64_t token, const struct http_request *request)
{
	struct fake *f = ctx;
	struct fake_request *r;

	f->requests = checked(
	    realloc(f->requests, (f->n_requests + 1) * sizeof(*f->requests)));
	r = &f->requests[f->n_requests++];
	*r = (struct fake_request){
	    .token = token,
	    .method = checked(strdup(request->method)),
	    .url = checked(strdup(request->url)),
	    .body = request->body == NULL
			? NULL
			: checked(strndup(request->body, request->body_len)),
	    .credential = checked(
		strdup(request->credential == NULL ? "" : request->credential)),
	    .invalid = request->invalid_secret != NULL,
	    .invalid_secret = checked(strdup(request->invalid_secret == NULL
						 ? ""
						 : request->invalid_secret)),
	    .at = f->now.wall,
	    .n_durable = f->n_durable,
	};
	f->sent++;
}

static int
port_page_text(void *ctx, uint64_t token, const struct http_response *response,
	       const char *pointer)
{
	struct fake *f = ctx;

	if (f->no_page_memory)
		return ERR_NOMEM;
	f->pages =
	    checked(realloc(f->pages, (f->n_pages + 1) * sizeof(*f->pages)));
	f->pages[f->n_pages++] = (struct fake_page){
	    .token = token,
	    .body = checked(strndup(response->body, response->body_len)),
	    .pointer = checked(strdup(pointer)),
	};
	return 0;
}

static int
port_saved_page(void *ctx, uint64_t client, uint64_t token, const char *pointer,
		size_t *ret_bytes, struct err *err)
{
	struct fake *f = ctx;
	struct http_response response = {.body = f->saved_file};

	(void)client;
	if (f->saved_file == NULL)
		return err_set(err, ERR_NOT_FOUND, "no file came with it");
	response.body_len = *ret_bytes = strlen(f->saved_file);
	port_page_text(f, token, &response, pointer);
	return 0;
}

static bool
port_credential(void *ctx, const char *name, char ret_fingerprint[17])
{
	struct fake *f = ctx;

	for (size_t i = 0; i < f->n_missing_credentials; i++) {
		if (strcmp(f->missing_credentials[i], name) == 0)
			return false;
	}
	if (f->twins[1] != NULL && strcmp(f->twins[1], name) == 0)
		name = f->twins[0];
	snprintf(ret_fingerprint, 17, "%08x%08x", text_hash(name, strlen(name)),
		 f->rotations);
	return true;
}

static struct digest
port_hmac(void *ctx, const void *bytes, size_t len)
{
	return digest_hmac("fake", 4, bytes, len);
}

static void
port_random(void *ctx, void *out, size_t len)
{
	uint8_t *bytes = out;

	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(next_random(ctx) >> 32);
}

static void
port_reply(void *ctx, uint64_t client, int exit_status, const char *text)
{
	struct fake *f = ctx;

	f->replies = checked(
	    realloc(f->replies, (f->n_replies + 1) * sizeof(*f->replies)));
	f->replies[f->n_replies++] =
	    (struct fake_reply){client, exit_status, checked(strdup(text))};
}

static void
port_say(void *ctx, int priority, const char *text)
{
	struct fake *f = ctx;

	buf_printf(&f->said, "<%d>%s\n", priority, text);
}

static void
port_alert_line(void *ctx, const struct alert_rule *rule, const char *subject,
		const char *text)
{
	struct fake *f = ctx;

	buf_printf(&f->lines, "%s\n", text);
}

void
fake_init(struct fake *f, uint64_t seed)
{
	*f = (struct fake){.random_state = seed == 0 ? 1 : seed,
			   .prune_stop = PRUNE_NEWEST};
	f->redactor = checked(redactor_new());
	f->ports = (struct ports){
	    .ctx = f,
	    .append = port_append,
	    .has_row = port_has_row,
	    .read_row = port_read_row,
	    .prunable = port_prunable,
	    .prune_digest = port_prune_digest,
	    .may_probe = port_may_probe,
	    .http = port_http,
	    .page_text = port_page_text,
	    .saved_page = port_saved_page,
	    .credential = port_credential,
	    .hmac = port_hmac,
	    .random = port_random,
	    .reply = port_reply,
	    .say = port_say,
	    .alert_line = port_alert_line,
	    .redactor = f->redactor,
	};
}

void
fake_request_free(struct fake_request *r)
{
	free(r->method);
	free(r->url);
	free(r->body);
	free(r->credential);
	free(r->invalid_secret);
}

void
fake_page_free(struct fake_page *p)
{
	free(p->body);
	free(p->pointer);
}

static void
drop_outside(struct fake *f)
{
	for (size_t i = 0; i < f->n_requests; i++)
		fake_request_free(&f->requests[i]);
	for (size_t i = 0; i < f->n_pages; i++)
		fake_page_free(&f->pages[i]);
	f->n_requests = f->n_pages = 0;
}

static void
free_row(struct fake_row *r)
{
	free(r->id);
	free(r->kind);
	free(r->body);
	free(r->blob);
}

void
fake_free(struct fake *f)
{
	check_rests(f);
	drop_outside(f);
	engine_free(f->engine);
	for (size_t i = 0; i < f->n_rows; i++)
		free_row(&f->rows[i]);
	for (size_t i = 0; i < f->n_replies; i++)
		free(f->replies[i].text);
	free(f->rows);
	free(f->requests);
	free(f->pages);
	free(f->replies);
	map_free(&f->ids);
	buf_free(&f->said);
	buf_free(&f->lines);
	redactor_free(f->redactor);
}

void
fake_crash(struct fake *f)
{
	engine_free(f->engine);
	f->engine = NULL;
	drop_outside(f);
	while (f->n_rows > f->n_durable)
		free_row(&f->rows[--f->n_rows]);
	map_free(&f->ids);
	for (size_t i = 0; i < f->n_rows; i++)
		map_put(&f->ids, f->rows[i].id, i);
}

void
fake_start(struct fake *f, struct config *config)
{
	struct engine_options options = {.version = "test", .hostname = "host"};
	struct engine_start start = {0};

	f->engine = checked(engine_new(&f->ports, config, &options));
	for (size_t i = 0; i < f->n_durable; i++) {
		if (f->skip_replay != NULL && f->skip_replay[i])
			continue;
		if (engine_replay(f->engine, &f->rows[i].row, NULL) < 0)
			abort();
	}
	engine_start(f->engine, f->now, &start);
	fake_turn(f);
}

void
fake_rows_durable(struct fake *f)
{
	while (!f->full && f->n_durable < f->n_rows &&
	       (f->freeze_at == 0 || f->n_durable < f->freeze_at)) {
		size_t i = f->n_durable++;
		struct row row = f->rows[i].row;

		engine_row(f->engine, f->now, &row);
	}
}

/* A turn that always wants another one would spin the real loop. */
enum { TURNS_MAX = 1000 };

void
fake_turn(struct fake *f)
{
	for (int i = 0; i < TURNS_MAX; i++) {
		struct engine_deadline d;
		size_t before;

		fake_rows_durable(f);
		before = f->n_rows;
		engine_turn(f->engine, f->now);
		if (f->n_rows - before > f->turn_rows_max)
			f->turn_rows_max = f->n_rows - before;
		f->turns++;
		fake_rows_durable(f);
		d = engine_deadline(f->engine);
		if (d.wall.us > f->now.wall.us && d.mono.us > f->now.mono.us)
			return;
	}
	fprintf(stderr, "the engine spins\n");
	abort();
}

void
fake_run_until(struct fake *f, struct wall_time t)
{
	while (f->now.wall.us < t.us) {
		struct engine_deadline d = engine_deadline(f->engine);
		int64_t step = t.us - f->now.wall.us;

		if (d.wall.us - f->now.wall.us < step)
			step = d.wall.us - f->now.wall.us;
		if (d.mono.us - f->now.mono.us < step)
			step = d.mono.us - f->now.mono.us;
		/* A deadline may have passed when somebody set the clock. */
		if (step < 0)
			step = 0;
		f->now.wall.us += step;
		f->now.mono.us += step;
		fake_turn(f);
		if (f->n_requests > 0 || f->n_pages > 0)
			return; /* the test answers first */
	}
}

bool
fake_take_request(struct fake *f, struct fake_request *ret)
{
	if (f->n_requests == 0)
		return false;
	*ret = f->requests[0];
	f->n_requests--;
	memmove(f->requests, f->requests + 1,
		f->n_requests * sizeof(*f->requests));
	return true;
}

bool
fake_take_page(struct fake *f, struct fake_page *ret)
{
	if (f->n_pages == 0)
		return false;
	*ret = f->pages[0];
	f->n_pages--;
	memmove(f->pages, f->pages + 1, f->n_pages * sizeof(*f->pages));
	return true;
}

static void
answer(struct fake *f, const struct fake_request *r, int status,
       const struct http_header *headers, size_t n, const char *body)
{
	struct http_response response = {
	    .transport = TRANSPORT_OK,
	    .status = status,
	    .headers = headers,
	    .n_headers = n,
	    .body = body,
	    .body_len = strlen(body),
	    .final_url = r->url,
	    .credential_leaked = f->leaks,
	    .sent = r->at,
	};

	engine_http_done(f->engine, f->now, r->token, &response);
	fake_turn(f);
}

void
fake_answer(struct fake *f, const struct fake_request *r, int status,
	    const char *content_type, const char *body)
{
	struct http_header header = {"content-type", content_type};

	answer(f, r, status, &header, 1, body);
}

void
fake_answer_header(struct fake *f, const struct fake_request *r, int status,
		   const char *name, const char *value, const char *body)
{
	struct http_header headers[] = {{"content-type", "application/json"},
					{name, value}};

	answer(f, r, status, headers, 2, body);
}

void
fake_answer_transport(struct fake *f, const struct fake_request *r,
		      enum transport transport)
{
	struct http_response response = {
	    .transport = transport,
	    .body = "",
	    .final_url = r->url,
	    .sent = r->at,
	};

	engine_http_done(f->engine, f->now, r->token, &response);
	fake_turn(f);
}

void
fake_answer_page(struct fake *f, const struct fake_page *p, const char *text)
{
	struct page_text answer = {
	    .title = (char *)"A page",
	    .text = (char *)text,
	    .len = strlen(text),
	};

	engine_page_done(f->engine, f->now, p->token, &answer);
	fake_turn(f);
}

size_t
fake_count(const struct fake *f, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_durable; i++)
		n += strcmp(f->rows[i].kind, kind) == 0;
	return n;
}

const struct fake_row *
fake_newest(const struct fake *f, const char *kind, size_t skip)
{
	for (size_t i = f->n_durable; i > 0; i--) {
		if (strcmp(f->rows[i - 1].kind, kind) == 0 && skip-- == 0)
			return &f->rows[i - 1];
	}
	return NULL;
}
