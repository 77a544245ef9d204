/* The billable endpoint, and the digest of what an approval of a workload's
 * scope covers: what is sent, and what counts as an answer.  Whoever loosens
 * what a pass has to show would otherwise keep the approval that was given
 * for the stricter one, and the evidence of the same day.
 *
 * The digest is taken over netstrings ("5:hello,") in a fixed order, so that
 * no two different scopes give the same bytes, whatever their texts hold.
 * The first one names the form: a later form gives other digests on
 * purpose, and then every scope wants a new approval. */
#include "check/request.h"
#include "base/buf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
check_endpoint(const struct workload *workload, char *out, size_t size)
{
	const struct gateway *gateway = workload->gateway;
	const char *base, *path;
	size_t n;

	out[0] = '\0';
	if (gateway == NULL || gateway->profile == NULL)
		return;
	base = gateway->base_url;
	path = gateway->profile->path;
	n = strcspn(base, "?#");
	while (n > 0 && base[n - 1] == '/')
		n--;
	snprintf(out, size, "%.*s%s%.*s", (int)n, base,
		 path[0] == '/' || path[0] == '\0' ? "" : "/",
		 (int)strcspn(path, "?#"), path);
}

static void
add(struct buf *b, const char *text)
{
	buf_printf(b, "%zu:", strlen(text));
	buf_puts(b, text);
	buf_putc(b, ',');
}

static void
add_list(struct buf *b, const struct string_list *list)
{
	buf_printf(b, "%zu:", list->n);
	for (size_t i = 0; i < list->n; i++)
		add(b, list->at[i]);
}

static void
add_int(struct buf *b, int64_t n)
{
	buf_printf(b, "%" PRId64 ",", n);
}

/* What makes an answer a good one, and a rejection one. */
static void
add_expected(struct buf *b, const struct profile *profile)
{
	add_int(b, (int64_t)profile->expect_status.n);
	for (size_t i = 0; i < profile->expect_status.n; i++)
		add_int(b, profile->expect_status.at[i]);
	add(b, profile->expect_type);
	add_list(b, &profile->require);
	add_list(b, &profile->forbid);
	add(b, profile->usage_input);
	add(b, profile->usage_output);
	add(b, profile->usage_total);
	add(b, profile->model_pointer);
	add_int(b, (int64_t)profile->n_accept);
	for (size_t i = 0; i < profile->n_accept; i++) {
		const struct accept_rule *rule = &profile->accept[i];

		add_int(b, rule->status);
		add_int(b, rule->json);
		add(b, rule->pointer);
		add(b, rule->equals);
	}
	add(b, profile->surface.ok_pointer);
}

static void
add_profile(struct buf *b, const struct profile *profile)
{
	const struct surface_profile *surface = &profile->surface;

	add(b, profile->method);
	add(b, profile->path);
	add(b, profile->content_type);
	add(b, profile->body);
	buf_printf(b, "%zu:", profile->n_headers);
	for (size_t i = 0; i < profile->n_headers; i++) {
		add(b, profile->headers[i].name);
		add(b, profile->headers[i].value);
	}
	add(b, profile->variant == VARIANT_CONFIGURATION ? "configuration"
							 : "credential");
	add(b, profile->invalid_secret);
	add(b, surface->present ? surface->path : "");
	add(b, surface->increases);
	add(b, surface->decreases);
	add(b, surface->label_pointer);
	add_expected(b, profile);
}

/* Words of the digest's form: what they are called elsewhere may change. */
static const char *const surfaces[] = {
    [SURFACE_NONE] = "none",
    [SURFACE_RESPONSE] = "response",
    [SURFACE_COUNTER] = "counter",
};

struct digest
check_scope_digest(const struct workload *workload)
{
	const struct gateway *gateway = workload->gateway;
	/* Without memory: a digest that no approval carries. */
	struct digest digest = {{0}};
	struct buf b = {0};

	add(&b, "evidenced scope 2");
	add(&b, gateway == NULL ? "" : gateway->base_url);
	add(&b, workload->environment_name);
	add(&b, workload->model);
	add(&b, workload->credential);
	add(&b, surfaces[workload->account_surface]);
	if (gateway != NULL && gateway->profile != NULL)
		add_profile(&b, gateway->profile);
	if (!b.failed)
		digest = digest_sha256(buf_text(&b), b.len);
	buf_free(&b);
	return digest;
}
