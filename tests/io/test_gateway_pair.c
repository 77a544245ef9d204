/* From the shipped profile to an observation: configuration, request, wire,
 * answer, outcome, against the practice gateway in all its moods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "check/observe.h"
#include "check/request.h"
#include "conf/load.h"
#include "http_scene.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define NONCE_OF_RUN "0011aa22bb33cc44dd55ee66ff778899"

/* What the chat endpoint does for a key, and what must be seen. */
static const struct {
	const char *behaviour;
	enum outcome outcome;
	bool echoed;
} moods[] = {
    {"healthy", OUTCOME_PASS, false},
    {"details-empty", OUTCOME_PASS, false},
    {"usage-missing", OUTCOME_USAGE_ABSENT, false},
    {"usage-null", OUTCOME_USAGE_ABSENT, false},
    {"usage-zero", OUTCOME_USAGE_ABSENT, false},
    {"usage-string", OUTCOME_USAGE_ABSENT, false},
    {"usage-out-of-range", OUTCOME_USAGE_ABSENT, false},
    {"usage-inconsistent", OUTCOME_PASS, false},
    {"all-zero", OUTCOME_MALFORMED, false},
    {"content-null", OUTCOME_PASS, false},
    {"error-200", OUTCOME_SERVER_ERROR, false},
    {"choice-error", OUTCOME_SERVER_ERROR, false},
    {"choices-null", OUTCOME_MALFORMED, false},
    {"choices-empty", OUTCOME_MALFORMED, false},
    {"malformed", OUTCOME_MALFORMED, false},
    {"html-200", OUTCOME_MALFORMED, false},
    {"unauthorized", OUTCOME_CREDENTIAL_REJECTED, false},
    {"unauthorized-empty", OUTCOME_CREDENTIAL_REJECTED, false},
    {"payment-required", OUTCOME_QUOTA_EXHAUSTED, false},
    {"user-quota", OUTCOME_QUOTA_EXHAUSTED, false},
    {"insufficient-quota", OUTCOME_QUOTA_EXHAUSTED, false},
    {"model-not-found", OUTCOME_SERVER_ERROR, false},
    {"server-error", OUTCOME_SERVER_ERROR, false},
    {"throttled", OUTCOME_THROTTLED, false},
    {"challenge", OUTCOME_BLOCKED, false},
    {"redirect", OUTCOME_REDIRECTED, false},
    {"slow", OUTCOME_UNREACHABLE, false},
    {"drip", OUTCOME_UNREACHABLE, false},
    {"cut", OUTCOME_UNREACHABLE, false},
    {"hangup", OUTCOME_UNREACHABLE, false},
    {"oversized", OUTCOME_MALFORMED, false},
    {"bomb", OUTCOME_MALFORMED, false},
    {"echo-text", OUTCOME_PASS, true},
    {"echo-base64", OUTCOME_PASS, true},
    {"echo-percent", OUTCOME_PASS, true},
    {"echo-json", OUTCOME_PASS, true},
    {"echo-split", OUTCOME_PASS, true},
    {"echo-model", OUTCOME_PASS, true},
    {"echo-header", OUTCOME_PASS, true},
    {"echo-request-id", OUTCOME_PASS, true},
    {"echo-message", OUTCOME_CREDENTIAL_REJECTED, true},
    {"echo-type", OUTCOME_CREDENTIAL_REJECTED, true},
};

/* What a gateway does with a key that it does not know. */
static const struct {
	const char *behaviour;
	enum outcome outcome;
	bool echoed;
} doors[] = {
    {"unauthorized", OUTCOME_REJECTED, false},
    {"unauthorized-empty", OUTCOME_REJECTED, false},
    {"unauthorized-detail", OUTCOME_REJECTED, false},
    {"echo-message", OUTCOME_REJECTED, true},
    {"echo-type", OUTCOME_REJECTED, true},
    {"healthy", OUTCOME_ACCEPTED, false},
    {"usage-missing", OUTCOME_ACCEPTED, false},
    {"error-200", OUTCOME_SERVER_ERROR, false},
    {"challenge", OUTCOME_BLOCKED, false},
    {"throttled", OUTCOME_THROTTLED, false},
    {"server-error", OUTCOME_SERVER_ERROR, false},
    {"bad-request-argument", OUTCOME_UNCLASSIFIED, false},
    {"user-quota", OUTCOME_QUOTA_EXHAUSTED, false},
    {"redirect", OUTCOME_REDIRECTED, false},
    {"bomb", OUTCOME_ACCEPTED, false},
    {"hangup", OUTCOME_UNREACHABLE, false},
};

static struct {
	char dir[64];
	pid_t pid;
	int ports[COUNT(doors)];
	struct config *config;
	struct scene scene;
} it;

/* ---- the gateway ---- */

static void
write_settings(FILE *f)
{
	fprintf(f, "used_lag_ms = 60000; slow_ms = 60000; drip_ms = 1000;\n"
		   "split_ms = 5; oversized_bytes = 300000;\n"
		   "gateways = (\n");
	for (size_t i = 0; i < COUNT(doors); i++)
		fprintf(f, "%s{ name = \"g%zu\"; invalid_keys = \"%s\"; }\n",
			i == 0 ? "" : ",", i, doors[i].behaviour);
	fprintf(f, ");\nkeys = (\n");
	for (size_t i = 0; i < COUNT(moods); i++) {
		char label[64];

		snprintf(label, sizeof(label), PRACTICE "%s",
			 moods[i].behaviour);
		fprintf(f,
			"%s{ name = \"%s\"; value = \"" PRACTICE_KEY "\";"
			" behaviour = \"%s\"; }\n",
			i == 0 ? "" : ",", label, label, moods[i].behaviour);
	}
	fprintf(f, ");\n");
}

static void
start_gateway(void)
{
	char bin[512], fixtures[512], settings[128];
	char *const argv[] = {bin, (char[]){"--fixtures"}, fixtures, settings,
			      NULL};
	posix_spawn_file_actions_t actions;
	int out[2];
	FILE *f;

	snprintf(bin, sizeof(bin), "%s/tests/gateway/practice-gateway",
		 getenv("top_builddir"));
	snprintf(fixtures, sizeof(fixtures), "%s/tests/gateway/fixtures",
		 getenv("top_srcdir"));
	snprintf(settings, sizeof(settings), "%s/settings", it.dir);
	f = fopen(settings, "w");
	assert_non_null(f);
	write_settings(f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out[1], 1);
	assert_int_equal(
	    posix_spawn(&it.pid, bin, &actions, NULL, argv, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	close(out[1]);
	f = fdopen(out[0], "r");
	for (size_t i = 0; i < COUNT(doors); i++)
		assert_int_equal(fscanf(f, "%d", &it.ports[i]), 1);
	fclose(f);
}

/* ---- the configuration ---- */

static int
no_zone(void *ctx, const char *name, void **ret_bytes, size_t *ret_len)
{
	return ERR_NOT_FOUND;
}

static void
read_profile(struct buf *b)
{
	char path[512], piece[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/etc/profiles/cometapi.conf",
		 getenv("top_srcdir"));
	f = fopen(path, "r");
	assert_non_null(f);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(b, piece, n);
	fclose(f);
}

static void
write_config(struct buf *b)
{
	buf_puts(b, "gateways = (\n");
	for (size_t i = 0; i < COUNT(doors); i++)
		buf_printf(
		    b,
		    "%s{ name = \"g%zu\"; profile = \"cometapi\"; base_url = "
		    "\"http://127.0.0.1:%d\"; timeout = \"1s\"; }\n",
		    i == 0 ? "" : ",", i, it.ports[i]);
	buf_puts(b, ");\nworkloads = (\n");
	for (size_t i = 0; i < COUNT(moods); i++)
		buf_printf(b,
			   "%s{ label = \"" PRACTICE "%s\"; gateway = \"g0\"; "
			   "model = \"gpt-4o-mini\"; }\n",
			   i == 0 ? "" : ",", moods[i].behaviour);
	for (size_t i = 0; i < COUNT(doors); i++)
		buf_printf(b,
			   ",{ label = \"door-%zu\"; gateway = \"g%zu\"; "
			   "model = \"gpt-4o-mini\"; }\n",
			   i, i);
	buf_puts(b, ");\n");
}

static void
load_config(void)
{
	struct buf profile = {0}, text = {0}, words = {0};
	struct conf_report report = {0};
	struct conf_text texts[2];

	read_profile(&profile);
	write_config(&text);
	texts[0] = (struct conf_text){"cometapi.conf", buf_text(&profile),
				      profile.len, true};
	texts[1] = (struct conf_text){"evidenced.conf", buf_text(&text),
				      text.len, false};
	if (conf_load(texts, 2, no_zone, NULL, &it.config, &report) < 0) {
		conf_report_print(&report, &words);
		fail_msg("%s", buf_text(&words));
	}
	conf_report_free(&report);
	buf_free(&profile);
	buf_free(&text);
	buf_free(&words);
}

/* ---- one exchange ---- */

static const struct workload *
workload(const char *form, const char *name)
{
	const struct workload *w;
	char label[64];

	snprintf(label, sizeof(label), "%s%s", form, name);
	w = config_workload(it.config, label);
	assert_non_null(w);
	return w;
}

/* The response of a captured answer.  Its header block is cut in place. */
struct replay {
	struct http_response response;
	struct http_header headers[32];
};

static void
replay(struct captured *a, struct replay *r)
{
	char *line = a->head.data, *end;
	size_t n = 0;

	while (line != NULL && n < COUNT(r->headers) &&
	       (end = strchr(line, '\n')) != NULL) {
		char *colon = strstr(line, ": ");

		*end = *colon = '\0';
		r->headers[n++] = (struct http_header){line, colon + 2};
		line = end + 1;
	}
	r->response = (struct http_response){
	    .transport = a->transport,
	    .status = a->status,
	    .headers = r->headers,
	    .n_headers = n,
	    .body = buf_text(&a->body),
	    .body_len = a->body.len,
	    .final_url = buf_text(&a->final_url),
	    .credential_echoed = a->echoed,
	    .sent = a->sent,
	};
}

static void
send_request(int r, struct check_request *request, struct replay *ret)
{
	assert_int_equal(r, 0);
	scene_exchange(&it.scene, &request->http);
	check_request_free(request);
	replay(&it.scene.answers[0], ret);
}

static bool
is_clean(const struct observation *seen, const char *secret)
{
	return strstr(seen->error_type, secret) == NULL &&
	       strstr(seen->error_code, secret) == NULL &&
	       strstr(seen->returned_model, secret) == NULL &&
	       strstr(seen->request_id, secret) == NULL &&
	       strstr(seen->redirected_to, secret) == NULL;
}

static void
test_moods(void **state)
{
	for (size_t i = 0; i < COUNT(moods); i++) {
		const struct workload *w =
		    workload(PRACTICE, moods[i].behaviour);
		struct check_request request;
		struct observation seen;
		struct replay r;

		send_request(check_request_happy(w, &request, NULL), &request,
			     &r);
		observe_happy(w->gateway->profile, w->billing_unit, &r.response,
			      &seen);
		if (seen.outcome != moods[i].outcome ||
		    seen.credential_echoed != moods[i].echoed)
			fail_msg("%s: %s %d", moods[i].behaviour,
				 outcome_name(seen.outcome),
				 seen.credential_echoed);
		assert_true(is_clean(&seen, "sk-practice-0123456789"));
	}
}

static void
test_doors(void **state)
{
	for (size_t i = 0; i < COUNT(doors); i++) {
		struct check_request request;
		const struct workload *w;
		struct observation seen;
		struct replay r;
		char name[8];

		snprintf(name, sizeof(name), "%zu", i);
		w = workload("door-", name);
		send_request(
		    check_request_error(w, NONCE_OF_RUN, &request, NULL),
		    &request, &r);
		observe_error(w->gateway->profile, &r.response, &seen);
		if (seen.outcome != doors[i].outcome ||
		    seen.credential_echoed != doors[i].echoed)
			fail_msg("%s: %s %d", doors[i].behaviour,
				 outcome_name(seen.outcome),
				 seen.credential_echoed);
		assert_true(is_clean(&seen, NONCE_OF_RUN));
	}
}

static void
read_counter(const struct workload *w, struct counter_reading *ret)
{
	struct check_request request;
	struct replay r;

	send_request(check_request_counter(w, &request, NULL), &request, &r);
	observe_counter(&w->gateway->profile->surface, &r.response, ret);
}

/* The request is visible at the account surface at once, by the counter that
 * is kept live; without one nothing moves. */
static void
test_counter(void **state)
{
	const struct workload *w = workload(PRACTICE, "healthy");
	struct counter_reading before, same, after;
	struct check_request request;
	struct replay r;

	read_counter(w, &before);
	assert_int_equal(before.outcome, READING_OK);
	assert_string_equal(before.label_seen, w->label);
	read_counter(w, &same);
	assert_false(counter_moved(&before, &same));
	send_request(check_request_happy(w, &request, NULL), &request, &r);
	read_counter(w, &after);
	assert_true(counter_moved(&before, &after));
	assert_int_equal(after.up, before.up);
	assert_true(after.down < before.down);
	/* A key that the surface does not know is refused there, too. */
	read_counter(workload("door-", "0"), &after);
	assert_int_equal(after.outcome, READING_UNREACHABLE);
	assert_int_equal(it.scene.answers[0].transport,
			 TRANSPORT_NO_CREDENTIAL);
}

static int
open_all(void **state)
{
	snprintf(it.dir, sizeof(it.dir), "test-gateway-pair.XXXXXX");
	if (mkdtemp(it.dir) == NULL)
		return -1;
	start_gateway();
	load_config();
	scene_open(&it.scene, NULL);
	/* The keys of this test are made of the workloads' names. */
	assert_int_equal(redactor_forgive(it.scene.redactor,
					  it.config->effective,
					  strlen(it.config->effective)),
			 0);
	return 0;
}

static int
close_all(void **state)
{
	char settings[128];

	scene_close(&it.scene);
	config_free(it.config);
	kill(it.pid, SIGTERM);
	waitpid(it.pid, NULL, 0);
	snprintf(settings, sizeof(settings), "%s/settings", it.dir);
	unlink(settings);
	return rmdir(it.dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_moods),
	    cmocka_unit_test(test_doors),
	    cmocka_unit_test(test_counter),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
