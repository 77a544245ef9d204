/* Bodies of check.begun, check.happy and check.error.
 *
 * The members are those of domain.md, section 2, in ascending order.  What
 * was not reported is null and never 0 or "": a reader can tell "the gateway
 * said nothing" from "the gateway said zero".  Durations of the gateway, its
 * limits and the text of its errors have no place here. */
#include "check/rows.h"
#include "check/members.h"

#include <stdio.h>
#include <string.h>

int
check_begun_body(struct buf *out, const struct check_run *run)
{
	struct members m;

	members_begin(&m, out);
	json_put_string(&m.w, "check", run->check);
	json_put_string(&m.w, "environment", run->environment);
	json_put_string(&m.w, "path",
			run->path == PATH_HAPPY ? "happy" : "error");
	json_put_string(&m.w, "run", run->run);
	members_put_time(&m, "slot", run->slot);
	json_put_string(&m.w, "trigger", run_trigger_name(run->trigger));
	json_put_string(&m.w, "workload_label", run->workload_label);
	return members_end(&m);
}

/* What was refused on our side never left. */
static int
attempts(enum transport transport)
{
	return transport != TRANSPORT_INSECURE && transport != TRANSPORT_HOST &&
	       transport != TRANSPORT_NO_CREDENTIAL;
}

/* "4xx", or how far the exchange came when there is no whole answer. */
static void
put_status_class(struct members *m, const struct observation *seen)
{
	char text[4] = "0xx";

	if (seen->transport != TRANSPORT_OK || seen->http_status < 100 ||
	    seen->http_status > 999) {
		json_put_string(&m->w, "status_class",
				transport_name(seen->transport));
		return;
	}
	text[0] = (char)('0' + seen->http_status / 100);
	json_put_string(&m->w, "status_class", text);
}

static void
put_tokens(struct members *m, const char *key, const struct usage_field *field)
{
	members_put_count(
	    m, key, field->state == USAGE_PRESENT || field->state == USAGE_ZERO,
	    field->tokens);
}

static void
put_usage(struct members *m, const struct observation *seen)
{
	json_object_open(&m->w, "usage");
	put_tokens(m, "completion_tokens", &seen->output);
	put_tokens(m, "prompt_tokens", &seen->input);
	json_object_open(&m->w, "state");
	json_put_string(&m->w, "completion_tokens",
			usage_state_name(seen->output.state));
	json_put_string(&m->w, "prompt_tokens",
			usage_state_name(seen->input.state));
	json_put_string(&m->w, "total_tokens",
			usage_state_name(seen->total.state));
	json_object_close(&m->w);
	put_tokens(m, "total_tokens", &seen->total);
	json_object_close(&m->w);
}

static void
put_context(struct members *m, const struct check_run *run)
{
	json_object_open(&m->w, "context");
	json_put_string(&m->w, "config_digest", run->config_digest);
	json_put_string(&m->w, "profile_digest", run->profile_digest);
	json_put_string(&m->w, "scope_digest", run->scope_digest);
	json_put_string(&m->w, "version", run->version);
	json_object_close(&m->w);
}

static const char *
scope_name(const struct check_run *run)
{
	return run->path == PATH_ERROR && run->scope == SCOPE_GATEWAY
		   ? "gateway"
		   : "workload";
}

static const char *
variant_name(enum error_variant variant)
{
	return variant == VARIANT_CONFIGURATION ? "configuration"
						: "credential";
}

/* body_bytes .. context */
static void
put_first_half(struct members *m, const struct check_run *run,
	       const struct observation *seen, const char *body_hmac)
{
	bool answered = seen->http_status != 0;

	json_put_int(&m->w, "attempts", attempts(seen->transport));
	members_put_count(m, "body_bytes", answered, seen->body_bytes);
	json_put_string_or_null(
	    &m->w, "body_sha256",
	    answered && body_hmac != NULL && body_hmac[0] != '\0' ? body_hmac
								  : NULL);
	if (run->path == PATH_ERROR)
		json_put_bool(&m->w, "budget_excluded", true);
	json_put_string(&m->w, "check", run->check);
	put_context(m, run);
	members_put_text(m, "credential", run->credential);
	json_put_bool(&m->w, "credential_echoed", seen->credential_echoed);
	members_put_text(m, "credential_fingerprint",
			 run->credential_fingerprint);
}

/* endpoint .. run */
static void
put_middle(struct members *m, const struct check_run *run,
	   const struct observation *seen)
{
	json_put_string(&m->w, "endpoint", run->endpoint);
	json_put_string(&m->w, "environment", run->environment);
	members_put_text(m, "error_code", seen->error_code);
	members_put_text(m, "error_type", seen->error_type);
	json_put_bool(&m->w, "forced", run->forced);
	members_put_count(m, "http_status", seen->http_status != 0,
			  seen->http_status);
	json_put_string(&m->w, "outcome", outcome_name(seen->outcome));
	members_put_text(m, "redirected_to", seen->redirected_to);
	members_put_text(m, "request_id", seen->request_id);
	members_put_time(m, "request_time_utc", run->request_time);
	json_put_string(&m->w, "requested_model", run->requested_model);
	members_put_text(m, "returned_model", seen->returned_model);
	json_put_string(&m->w, "run", run->run);
}

int
check_run_body(struct buf *out, const struct check_run *run,
	       const struct observation *seen, const char *body_hmac)
{
	struct members m;

	members_begin(&m, out);
	put_first_half(&m, run, seen, body_hmac);
	put_middle(&m, run, seen);
	json_put_string(&m.w, "scope", scope_name(run));
	members_put_time(&m, "slot", run->slot);
	put_status_class(&m, seen);
	json_put_string(&m.w, "trigger", run_trigger_name(run->trigger));
	put_usage(&m, seen);
	if (run->path == PATH_ERROR)
		json_put_string(&m.w, "variant", variant_name(run->variant));
	json_put_string(&m.w, "workload_label", run->workload_label);
	return members_end(&m);
}
