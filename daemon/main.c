/* evidenced: options, configuration, and the life of the parts.
 *
 * Everything starts in the order of `steps` and stops in its mirror image.
 * Only this file exits, with the statuses of evidenced(8). */
#include "ctl/version.h"
#include "base/text.h"
#include "io/disk.h"
#include "io/index.h"
#include "io/journal_former.h"
#include "io/journal_reader.h"
#include "io/libraries.h"
#include "io/notify.h"
#include "io/service.h"
#include "io/state_store.h"

#include "io/files.h"
#include "ledger/mirror_file.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "config.h"

enum exit_status {
	EXIT_USAGE = 2,
	EXIT_CONFIG = 5,
	EXIT_OTHER_WRITER = 9,
	EXIT_IO = 74
};

struct daemon {
	struct service s;
	struct config *config; /* until the engine takes it */
	struct ledger_recovery recovery;
	struct event *sigterm, *sigint;
	char hostname[256];
	char ledger_dir[4096];
	uint8_t key_seed[32], previous_key_seed[32];
	bool has_key_seed, has_previous_key_seed;
	bool new_ledger; /* beside whatever the journal remembers */
};

static int
fail(int status, const struct err *err)
{
	service_say(LOG_ERR, err->text);
	return status;
}

static void
usage(FILE *out)
{
	fputs("usage: evidenced [-c FILE] [--new-ledger] [--check-config] "
	      "[--dump-config[=changed|origin]] [--version]\n"
	      "More: man evidenced\n",
	      out);
}

/* What loading gave: its messages, and the exit status.  A message may show
 * what stands in the configuration, and that may be a key. */
static int
tell_config(const struct daemon *d, int r, struct conf_report *report,
	    const struct err *err)
{
	struct buf text = {0}, clean = {0};

	conf_report_print(report, &text);
	if (d->s.redactor == NULL)
		fputs(buf_text(&text), stderr);
	else
		redact(d->s.redactor, buf_text(&text), text.len, &clean);
	fputs(buf_text(&clean), stderr);
	buf_free(&text);
	buf_free(&clean);
	conf_report_free(report);
	if (r == ERR_NOMEM)
		return fail(EXIT_IO, err);
	return r < 0 ? fail(EXIT_CONFIG, err) : 0;
}

static int
load_config(struct daemon *d)
{
	struct conf_report report;
	struct err err = {0};
	int r = files_load_config(d->s.config_path, &d->config, &report, &err);

	return tell_config(d, r, &report, &err);
}

static int
check_config(struct daemon *d)
{
	struct conf_report report;
	struct buf text = {0};
	struct err err = {0};
	int status, r;

	r = files_check_config(d->s.config_path, wall_day(clock_read().wall),
			       NULL, &d->config, &report, &err);
	status = tell_config(d, r, &report, &err);
	if (status != 0)
		return status;
	conf_capacity(d->config, &text);
	fputs(buf_text(&text), stdout);
	printf("%s: good: %zu workload%s, %zu source%s, %zu gateway%s\n",
	       d->s.config_path, d->config->n_workloads,
	       TEXT_PLURAL(d->config->n_workloads), d->config->n_sources,
	       TEXT_PLURAL(d->config->n_sources), d->config->n_gateways,
	       TEXT_PLURAL(d->config->n_gateways));
	buf_free(&text);
	config_free(d->config);
	return 0;
}

static int
dump_config(struct daemon *d, const char *mode)
{
	enum conf_dump how = CONF_DUMP_ALL;
	struct buf text = {0};
	int status;

	if (mode != NULL && strcmp(mode, "changed") == 0)
		how = CONF_DUMP_CHANGED;
	else if (mode != NULL && strcmp(mode, "origin") == 0)
		how = CONF_DUMP_ORIGIN;
	else if (mode != NULL) {
		fprintf(stderr,
			"evidenced: --dump-config=%s: it is one of changed, "
			"origin\n",
			mode);
		return EXIT_USAGE;
	}
	status = load_config(d);
	if (status != 0)
		return status;
	conf_dump(d->config, how, &text);
	fputs(buf_text(&text), stdout);
	buf_free(&text);
	config_free(d->config);
	return 0;
}

/* The steps.  Each start_*() returns 0 or the exit status. */

/* What stands in a configuration is no secret, but for a key that stands
 * there whole: that configuration is refused. */
static int
forgive_config(struct daemon *d, struct err *err)
{
	int r = credentials_not_in(d->s.credentials, d->config, err);

	if (r < 0)
		return r;
	if (engine_forgive_words(d->s.redactor) < 0 ||
	    redactor_forgive(d->s.redactor, d->config->effective,
			     strlen(d->config->effective)) < 0)
		return err_set(err, ERR_NOMEM,
			       "no memory for the configuration");
	return 0;
}

/* Its messages are told when it is forgiven: they call things by their names,
 * and a key may be made of such. */
static int
start_config(struct daemon *d)
{
	struct conf_report report;
	struct err err = {0};
	int r = files_load_config(d->s.config_path, &d->config, &report, &err);
	int status;

	if (r == 0)
		r = forgive_config(d, &err);
	status = tell_config(d, r, &report, &err);
	if (status != 0)
		return status;
	snprintf(d->ledger_dir, sizeof(d->ledger_dir), "%s",
		 d->config->ledger_dir);
	d->s.ledger_dir = d->ledger_dir;
	return 0;
}

static void
stop_config(struct daemon *d)
{
	if (d->config != NULL)
		config_free(d->config);
}

enum { LARGE_BYTES = 128 * 1024 };

/* What was needed for a moment (the state, a long answer) goes back to the
 * system: by default the large pieces are taken from the heap once one was
 * freed, and each thread keeps a heap of its own. */
static void
keep_memory_small(void)
{
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	mallopt(M_TRIM_THRESHOLD, LARGE_BYTES);
	mallopt(M_ARENA_MAX, 1);
}

/* A descriptor below 3 that is closed would be given to a file or a pipe of
 * ours, and what is printed would go there. */
static int
open_standard(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return EXIT_IO;
	}
	return 0;
}

static int
start_process(struct daemon *d)
{
	struct rlimit no_core = {0, 0};

	/* Credentials live in memory: no core file may hold them, and the limit
	 * does not count where cores go to a program. */
	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_SET_DUMPABLE, 0);
	keep_memory_small();
	umask(0027);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (gethostname(d->hostname, sizeof(d->hostname) - 1) < 0)
		snprintf(d->hostname, sizeof(d->hostname), "%s", "localhost");
	return 0;
}

static int
start_base(struct daemon *d)
{
	struct event_config *config = event_config_new();

	if (config != NULL) {
		event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
		d->s.base = event_base_new_with_config(config);
		event_config_free(config);
	}
	if (d->s.base == NULL) {
		service_say(LOG_ERR, "no event loop");
		return EXIT_IO;
	}
	return 0;
}

static void
stop_base(struct daemon *d)
{
	/* Until here they are heeded, and from here on they are too late: one
	 * more on the way down must not end it before the last word. */
	if (d->sigterm != NULL)
		event_free(d->sigterm);
	if (d->sigint != NULL)
		event_free(d->sigint);
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	event_base_free(d->s.base);
}

/* The credentials ledger-key and ledger-key-previous: 64 hexadecimal digits,
 * an Ed25519 seed.  One that is there and is no key must not leave the ledger
 * to a key of its own. */
static int
read_key_seed(struct daemon *d, const char *name, uint8_t out[32],
	      bool *ret_found)
{
	const char *value;
	struct err err;
	size_t len;
	enum credential_state state =
	    credentials_ledger_key(d->s.credentials, name, &value, &len);

	if (state == CREDENTIAL_ABSENT)
		return 0;
	if (state != CREDENTIAL_LOADED || len != 2 * sizeof(d->key_seed) ||
	    hex_decode(value, sizeof(d->key_seed), out) < 0) {
		err_set(&err, ERR_INVALID,
			"credential %s: 64 lower-case hexadecimal "
			"digits are expected (openssl rand -hex 32)",
			name);
		return fail(EXIT_CONFIG, &err);
	}
	*ret_found = true;
	return 0;
}

static int
start_credentials(struct daemon *d)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	struct err err = {0};
	int status;

	d->s.redactor = redactor_new();
	if (d->s.redactor == NULL ||
	    credentials_load(folder, d->s.redactor, &d->s.credentials, &err) <
		0)
		return fail(EXIT_IO, &err);
	status = read_key_seed(d, CREDENTIALS_LEDGER_KEY, d->key_seed,
			       &d->has_key_seed);
	if (status == 0)
		status = read_key_seed(d, CREDENTIALS_LEDGER_KEY_PREVIOUS,
				       d->previous_key_seed,
				       &d->has_previous_key_seed);
	return status;
}

static void
stop_credentials(struct daemon *d)
{
	explicit_bzero(d->key_seed, sizeof(d->key_seed));
	explicit_bzero(d->previous_key_seed, sizeof(d->previous_key_seed));
	credentials_free(d->s.credentials);
	redactor_free(d->s.redactor);
}

/* The newest row that the journal holds, read at its tail. */
static struct ledger_witness
ask_journal(const struct digest *genesis)
{
	struct ledger_witness w = {.rows = 0};
	struct journal_reader *reader;
	struct journal_newest newest;

	if (journal_reader_open(NULL, getuid(), genesis, &reader, NULL) < 0)
		return w;
	if (journal_reader_newest(reader, &newest, NULL) == 0)
		w = (struct ledger_witness){.rows = newest.seq + 1,
					    .leaf_known = newest.leaf_known,
					    .seq = newest.seq,
					    .leaf = newest.leaf};
	journal_reader_close(reader);
	return w;
}

/* A journal that was wiped since may have confirmed more than it holds. */
static struct ledger_witness
witness(void *ctx, const struct digest *genesis)
{
	struct daemon *d = ctx;
	struct ledger_witness w = ask_journal(genesis);
	uint64_t indexed = index_witness(d->ledger_dir, genesis);
	struct mirror_file file;

	if (mirror_file_load(d->s.disk, d->ledger_dir, genesis, &file, NULL) ==
		0 &&
	    file.confirmed > w.rows)
		w.rows = file.confirmed;
	if (indexed > w.rows)
		w.rows = indexed;
	return w;
}

/* No ledger is here.  Where the journal remembers one, its folder was deleted
 * or another one is named: beginning afresh would hide the loss. */
static int
may_begin(void *ctx, struct err *err)
{
	struct daemon *d = ctx;
	struct journal_former former;

	if (d->new_ledger ||
	    journal_former_find(NULL, getuid(), d->config->ledger_origin,
				d->hostname, &former, NULL) < 0)
		return 0;
	return err_set(err, ERR_EXISTS,
		       "%s: there is no ledger here, but the journal holds "
		       "rows of %.100s (ledger %.12s...); bring it back with "
		       "evidencectl restore --from-journal, correct "
		       "ledger.directory, or begin another one with evidenced "
		       "--new-ledger",
		       d->ledger_dir, former.origin, former.genesis);
}

static int
start_journal(struct daemon *d)
{
	struct journal_options options = {
	    .base = d->s.base,
	    .render = service_render,
	    .state = service_on_journal,
	    .ctx = &d->s,
	};

	d->s.journal = journal_new(&options);
	if (d->s.journal == NULL) {
		service_say(LOG_ERR, "no memory for the journal");
		return EXIT_IO;
	}
	return 0;
}

static void
stop_journal(struct daemon *d)
{
	journal_flush(d->s.journal);
	journal_free(d->s.journal);
}

/* A restart repeats what only a person can change. */
static enum exit_status
exit_of_ledger(int r)
{
	switch (r) {
	case ERR_BUSY:
		return EXIT_OTHER_WRITER;
	case ERR_EXISTS:
	case ERR_DAMAGED:
	case ERR_INVALID:   /* LEDGER, secret or key */
	case ERR_NOT_FOUND: /* secret or key */
	case ERR_UNSUPPORTED:
		return EXIT_CONFIG;
	default:
		return EXIT_IO;
	}
}

static void
on_progress(void *ctx, uint64_t rows)
{
	char text[80];

	(void)ctx;
	(void)rows;
	snprintf(text, sizeof(text), "recovering: %llu row%s",
		 (unsigned long long)rows, TEXT_PLURAL(rows));
	notify_status(text);
	notify_extend_timeout(30 * USEC_PER_SEC);
}

static void
say_recovery(const struct daemon *d)
{
	const struct ledger_recovery *r = &d->recovery;

	if (r->words[0] != '\0' && !r->damaged)
		service_say(LOG_NOTICE, r->words);
	if (r->lost[0] != '\0')
		service_say(LOG_WARNING, r->lost);
	if (r->key_created)
		service_say(LOG_NOTICE,
			    "the ledger signs with a key of its own folder; "
			    "the credential ledger-key would keep it apart");
}

/* Without LEDGER nobody knows whose rows these are, so there is nothing to
 * answer with: the process ends, which every watch of units sees.  Those who
 * watch alerts are told, too. */
static int
fail_ledger(struct daemon *d, int r, const struct err *err)
{
	enum exit_status status = exit_of_ledger(r);

	if (status != EXIT_CONFIG || r == ERR_UNSUPPORTED ||
	    start_journal(d) != 0)
		return fail(status, err);
	service_damaged(&d->s, err->text);
	stop_journal(d);
	d->s.journal = NULL;
	return status;
}

static int
start_ledger(struct daemon *d)
{
	struct ledger_options options = {
	    .dir = d->ledger_dir,
	    .origin = d->config->ledger_origin,
	    .hostname = d->hostname,
	    .key_seed = d->has_key_seed ? d->key_seed : NULL,
	    .previous_key_seed =
		d->has_previous_key_seed ? d->previous_key_seed : NULL,
	    .min_free_bytes = d->config->min_free_bytes,
	    .now = clock_read().wall,
	    .witness = witness,
	    .may_begin = may_begin,
	    .witness_ctx = d,
	    .progress = on_progress,
	};
	struct err err;
	int r;

	d->s.disk = &disk_io;
	r = ledger_open(d->s.disk, &options, &d->s.ledger, &d->recovery, &err);
	if (r < 0)
		return fail_ledger(d, r, &err);
	say_recovery(d);
	d->s.ledger_damaged = d->recovery.damaged;
	d->s.checkpoints_lost = d->recovery.lost[0] != '\0';
	return 0;
}

static void
stop_ledger(struct daemon *d)
{
	ledger_close(d->s.ledger);
}

static int
start_engine(struct daemon *d)
{
	struct engine_options options = {.version = PACKAGE_VERSION,
					 .hostname = d->hostname};
	struct err err;
	int r;

	service_ports(&d->s);
	d->s.engine = engine_new(&d->s.ports, d->config, &options);
	if (d->s.engine == NULL) {
		service_say(LOG_ERR, "no memory for the engine");
		return EXIT_IO;
	}
	d->config = NULL;
	r = state_store_load(d->s.disk, d->ledger_dir, d->s.ledger,
			     (struct view *)engine_view(d->s.engine),
			     on_progress, NULL, &err);
	/* Of a damaged ledger the rows before the damage are served. */
	if (r < 0 && !(r == ERR_DAMAGED && d->recovery.damaged))
		return fail(EXIT_IO, &err);
	return 0;
}

static void
stop_engine(struct daemon *d)
{
	engine_free(d->s.engine);
}

/* Nothing is written into a damaged ledger's folder. */
static int
start_index(struct daemon *d)
{
	struct err err;

	if (d->recovery.damaged)
		return 0;
	if (index_keeper_new(d->s.disk, d->ledger_dir, service_say, &d->s.index,
			     &err) < 0)
		return fail(EXIT_IO, &err);
	index_keeper_tell(d->s.index, ledger_durable(d->s.ledger));
	return 0;
}

static void
stop_index(struct daemon *d)
{
	index_keeper_free(d->s.index);
}

static int
start_writer(struct daemon *d)
{
	struct err err;

	if (ledger_writer_new(d->s.base, d->s.ledger, service_on_row,
			      service_on_writer, &d->s, &d->s.writer, &err) < 0)
		return fail(EXIT_IO, &err);
	return 0;
}

static void
stop_writer(struct daemon *d)
{
	ledger_writer_free(d->s.writer);
}

static bool
credential_value(void *ctx, const char *name, const char **ret_value,
		 size_t *ret_len)
{
	return credentials_get(ctx, name, ret_value, ret_len);
}

static int
start_http(struct daemon *d)
{
	struct http_options options = {
	    .redactor = d->s.redactor,
	    .credential = credential_value,
	    .credential_ctx = d->s.credentials,
	    .done = service_on_http,
	    .done_ctx = &d->s,
	};
	struct err err;

	if (http_client_new(d->s.base, &options, &d->s.http, &err) < 0)
		return fail(EXIT_IO, &err);
	return 0;
}

static void
stop_http(struct daemon *d)
{
	http_client_free(d->s.http);
}

static int
start_pages(struct daemon *d)
{
	struct page_pool_options options =
	    page_pool_defaults(LIBEXECDIR "/page-text");
	struct err err;

	if (page_pool_new(d->s.base, &options, &d->s.pages, &err) < 0)
		return fail(EXIT_IO, &err);
	return 0;
}

static void
stop_pages(struct daemon *d)
{
	page_pool_free(d->s.pages);
}

static int
start_control(struct daemon *d)
{
	struct err err;

	if (control_new(d->s.base, engine_config(d->s.engine),
			service_on_request, &d->s, &d->s.control, &err) < 0)
		return fail(EXIT_IO, &err);
	return 0;
}

static void
stop_control(struct daemon *d)
{
	control_free(d->s.control);
}

static void
on_signal(evutil_socket_t fd, short what, void *ctx)
{
	service_stop(ctx);
}

static int
start_service(struct daemon *d)
{
	struct err err;

	d->sigterm = evsignal_new(d->s.base, SIGTERM, on_signal, &d->s);
	d->sigint = evsignal_new(d->s.base, SIGINT, on_signal, &d->s);
	if (d->sigterm == NULL || d->sigint == NULL) {
		service_say(LOG_ERR, "no memory for signals");
		return EXIT_IO;
	}
	if (service_open(&d->s, &err) < 0)
		return fail(EXIT_IO, &err);
	event_add(d->sigterm, NULL);
	event_add(d->sigint, NULL);
	return 0;
}

static void
stop_service(struct daemon *d)
{
	service_close(&d->s);
}

static const struct step {
	int (*start)(struct daemon *d);
	void (*stop)(struct daemon *d);
} steps[] = {
    {start_process, NULL},	   {start_credentials, stop_credentials},
    {start_config, stop_config},   {start_base, stop_base},
    {start_ledger, stop_ledger},   {start_journal, stop_journal},
    {start_engine, stop_engine},   {start_index, stop_index},
    {start_writer, stop_writer},   {start_http, stop_http},
    {start_pages, stop_pages},	   {start_control, stop_control},
    {start_service, stop_service},
};

enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

static void
run_loop(struct daemon *d)
{
	struct engine_start start = {
	    .damaged = d->recovery.damaged,
	    .damage_words = d->recovery.words,
	};

	if (start.damaged)
		service_damaged(&d->s, start.damage_words);
	engine_start(d->s.engine, clock_read(), &start);
	service_ready(&d->s);
	event_base_loop(d->s.base, EVLOOP_NO_EXIT_ON_EMPTY);
}

static int
run(struct daemon *d)
{
	size_t done = 0;
	int status = 0;

	while (status == 0 && done < STEPS) {
		status = steps[done].start(d);
		/* A step that failed half-way cleans up after itself. */
		done += status == 0;
	}
	if (status == 0) {
		run_loop(d);
		status = d->s.exit_status;
	}
	while (done-- > 0) {
		if (steps[done].stop != NULL)
			steps[done].stop(d);
	}
	return status;
}

enum { OPT_CHECK = 256, OPT_DUMP, OPT_NEW_LEDGER };

static const struct option options[] = {
    {"check-config", no_argument, NULL, OPT_CHECK},
    {"config", required_argument, NULL, 'c'},
    {"dump-config", optional_argument, NULL, OPT_DUMP},
    {"help", no_argument, NULL, 'h'},
    {"new-ledger", no_argument, NULL, OPT_NEW_LEDGER},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static void
print_version(void)
{
	struct buf text = {0};

	version_text("evidenced " PACKAGE_VERSION, &text);
	libraries_daemon_text(&text);
	libraries_text(&text);
	fputs(buf_text(&text), stdout);
	buf_free(&text);
}

int
main(int argc, char **argv)
{
	static struct daemon d;
	const char *dump = NULL;
	int option, mode = 0;

	if (open_standard() != 0)
		return EXIT_IO;
	d.s.config_path = files_default_config();
	d.s.clock_fd = -1;
	while ((option = getopt_long(argc, argv, "c:hV", options, NULL)) !=
	       -1) {
		switch (option) {
		case 'c':
			d.s.config_path = optarg;
			break;
		case OPT_DUMP:
			dump = optarg;
			mode = OPT_DUMP;
			break;
		case OPT_CHECK:
			mode = OPT_CHECK;
			break;
		case OPT_NEW_LEDGER:
			d.new_ledger = true;
			break;
		case 'V':
			print_version();
			return 0;
		case 'h':
			usage(stdout);
			return 0;
		default:
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "evidenced: unexpected \"%s\"\n", argv[optind]);
		usage(stderr);
		return EXIT_USAGE;
	}
	if (mode == OPT_CHECK)
		return check_config(&d);
	if (mode == OPT_DUMP)
		return dump_config(&d, dump);
	return run(&d);
}
