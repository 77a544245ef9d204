/* practice-gateway [--port-file FILE] [--fixtures DIR] SETTINGS
 *
 * Prints the ports of its gateways, in their order, as one line; with
 * --port-file also writes that line to FILE, complete or not at all.  Runs
 * in the foreground until SIGTERM or SIGINT. */
#include "practice.h"

#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
	const char *settings;
	const char *fixtures;
	const char *port_file;
};

static void
on_signal(evutil_socket_t sig, short what, void *arg)
{
	event_base_loopbreak(arg);
}

static int
parse_options(int argc, char **argv, struct options *ret)
{
	static const struct option longs[] = {
	    {"fixtures", required_argument, NULL, 'f'},
	    {"port-file", required_argument, NULL, 'p'},
	    {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'f')
			ret->fixtures = optarg;
		else if (c == 'p')
			ret->port_file = optarg;
		else
			return -1;
	}
	if (optind + 1 != argc)
		return -1;
	ret->settings = argv[optind];
	return 0;
}

/* Beside the settings file unless absolute. */
static int
load_fixtures(struct practice *p, const struct options *options,
	      struct err *err)
{
	const char *name = p->settings.fixtures;
	char *copy;
	struct buf dir = {0};
	int rc;

	if (options->fixtures != NULL) {
		buf_puts(&dir, options->fixtures);
	} else if (name[0] == '/') {
		buf_puts(&dir, name);
	} else {
		copy = strdup(options->settings);
		if (copy == NULL)
			return err_set(err, ERR_NOMEM, "out of memory");
		buf_printf(&dir, "%s/%s", dirname(copy), name);
		free(copy);
	}
	rc = fixtures_load(buf_text(&dir), &p->fixtures, err);
	buf_free(&dir);
	return rc;
}

/* Every fixture that the code can name must be there. */
static int
check_fixtures(const struct practice *p, struct err *err)
{
	static const char *const always[] = {"chat-completion.json",
					     "chat-length.json",
					     "chat-stream.sse",
					     "console.html",
					     "error-invalid-request.json",
					     "error-invalid-token.json",
					     "error-key-exhausted.json",
					     "error-model-not-found.json",
					     "pages/models.json",
					     "throttled.empty",
					     "usage-token-refused.json",
					     "usage-token.json",
					     "wrong-path.html"};
	const struct behaviour *b;

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
		if (fixtures_find(p->fixtures, always[i]) == NULL)
			return err_set(err, ERR_NOT_FOUND, "INDEX: no %s",
				       always[i]);
	}
	for (unsigned int i = 0; (b = behaviour_at(i)) != NULL; i++) {
		const char *names[] = {b->fixture, b->refusal};

		for (int j = 0; j < 2; j++) {
			if (names[j] != NULL &&
			    fixtures_find(p->fixtures, names[j]) == NULL)
				return err_set(err, ERR_NOT_FOUND,
					       "INDEX: no %s", names[j]);
		}
	}
	return 0;
}

static int
announce(const struct practice *p, const char *port_file, struct err *err)
{
	struct buf line = {0}, tmp = {0};
	FILE *f;
	int rc = 0;

	for (size_t i = 0; i < p->settings.n_gateways; i++)
		buf_printf(&line, "%s%d", i == 0 ? "" : " ",
			   p->settings.gateways[i].port);
	buf_putc(&line, '\n');
	fputs(buf_text(&line), stdout);
	fflush(stdout);
	if (port_file != NULL) {
		buf_printf(&tmp, "%s.new", port_file);
		f = fopen(buf_text(&tmp), "we");
		if (f == NULL || fputs(buf_text(&line), f) < 0 ||
		    fclose(f) != 0 || rename(buf_text(&tmp), port_file) != 0)
			rc = err_set_errno(err, ERR_IO, errno, "%s", port_file);
	}
	buf_free(&line);
	buf_free(&tmp);
	return rc;
}

static int
run(struct practice *p, const struct options *options, struct err *err)
{
	struct event *stop[2];
	int rc = gateway_open_all(p, err);

	if (rc == 0)
		rc = announce(p, options->port_file, err);
	if (rc == 0) {
		stop[0] = evsignal_new(p->base, SIGTERM, on_signal, p->base);
		stop[1] = evsignal_new(p->base, SIGINT, on_signal, p->base);
		event_add(stop[0], NULL);
		event_add(stop[1], NULL);
		event_base_dispatch(p->base);
		event_free(stop[0]);
		event_free(stop[1]);
	}
	gateway_close_all(p);
	return rc;
}

int
main(int argc, char **argv)
{
	struct options options = {0};
	struct practice p = {0};
	struct err err;
	int rc;

	if (parse_options(argc, argv, &options) < 0) {
		fputs("usage: practice-gateway [--port-file FILE] "
		      "[--fixtures DIR] SETTINGS\n",
		      stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	rc = settings_read(options.settings, &p.settings, &err);
	if (rc < 0) {
		fprintf(stderr, "%s: %s\n", options.settings, err.text);
		return 5;
	}
	rc = load_fixtures(&p, &options, &err);
	if (rc == 0)
		rc = check_fixtures(&p, &err);
	if (rc == 0)
		rc = pages_check(&p, &err);
	if (rc == 0) {
		p.base = event_base_new();
		rc = run(&p, &options, &err);
		event_base_free(p.base);
	}
	if (rc < 0)
		fprintf(stderr, "practice-gateway: %s\n", err.text);
	fixtures_free(p.fixtures);
	settings_free(&p.settings);
	witness_free(&p.witness);
	return rc < 0 ? 1 : 0;
}
