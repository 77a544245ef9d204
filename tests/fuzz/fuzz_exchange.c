/* The answer of a gateway: a byte for how it came, a line with the status,
 * then the body.  No answer that is not a complete 200 is ever a pass, and
 * what a row tells of it is short and printable. */
#include "fuzz.h"

#include "../unit/check/sample.h"
#include "base/text.h"
#include "check/observe.h"

static void
judge(const struct http_response *r, const struct observation *o)
{
	HOLDS(o->outcome > OUTCOME_NONE && o->outcome < OUTCOMES);
	HOLDS(o->outcome != OUTCOME_PASS ||
	      (r->transport == TRANSPORT_OK && r->status == 200));
	HOLDS(strlen(o->returned_model) < OBSERVE_TEXT_MAX);
	for (const char *p = o->error_type; *p != '\0'; p++)
		HOLDS((unsigned char)*p >= 0x20 && *p != 0x7f);
	for (const char *p = o->request_id; *p != '\0'; p++)
		HOLDS((unsigned char)*p >= 0x20 && *p != 0x7f);
	HOLDS(o->total.tokens >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = {200, 201, 302, 400, 401, 402,
				       403, 404, 429, 500, 503, 0};
	struct profile profile = sample_profile();
	struct http_header type = {"content-type", "application/json"};
	struct observation happy, error;
	struct http_response r = {.headers = &type,
				  .n_headers = 1,
				  .final_url = "https://api.example.com/"};
	char *body;

	if (size < 2)
		return 0;
	r.transport = (enum transport)(data[0] % (TRANSPORT_STOPPED + 1));
	r.status = statuses[data[1] % COUNT(statuses)];
	body = malloc(size - 1);
	HOLDS(body != NULL);
	memcpy(body, data + 2, size - 2);
	body[size - 2] = '\0';
	r.body = body;
	r.body_len = size - 2;
	observe_happy(&profile, BILLING_TOKEN, &r, &happy);
	judge(&r, &happy);
	observe_error(&profile, &r, &error);
	HOLDS(error.outcome != OUTCOME_PASS);
	free(body);
	return 0;
}
