/* The running daemon: the engine on its real ports.
 *
 * main.c owns the parts and their order; this file connects them: engine
 * calls go to curl, the helper, the ledger's writer, the journal and the
 * control socket, and what these report becomes engine events.  After every
 * event the engine gets one turn, and one timer is armed for its deadline. */
#ifndef IO_SERVICE_H
#define IO_SERVICE_H

#include "base/redact.h"
#include "conf/config.h"
#include "engine/engine.h"
#include "io/clock.h"
#include "io/control.h"
#include "io/credentials.h"
#include "io/http.h"
#include "io/index_keeper.h"
#include "io/journal.h"
#include "io/ledger_writer.h"
#include "io/mirror_watch.h"
#include "io/page_process.h"
#include "ledger/ledger.h"

#include <event2/event.h>

enum {
	SERVICE_FRESH_ROWS = 64,   /* rendered, not yet taken by the journal */
	SERVICE_OLDER_ROWS = 64,   /* read back at once to be sent again */
	SERVICE_STOP_S = 10,	   /* for what is in flight at a stop */
	SERVICE_STATE_ROWS = 4096, /* state.json is saved after so many */
	SERVICE_CLOCK_S = 60,	   /* between looks at clock synchronisation */
	SERVICE_SIGN_S = 300,	   /* until new rows are signed at the latest */
	SERVICE_SIGNERS_MAX = 16   /* requests for a checkpoint that wait */
};

/* Who asked for a checkpoint, and of how many rows at least. */
struct service_signer {
	uint64_t client, rows;
};

/* A row's datagram, kept until the journal client asks for it. */
struct service_fresh {
	uint64_t seq;
	bool used;
	struct buf datagram;
};

struct service {
	/* set by main.c, in this order; borrowed here */
	const char *config_path;
	const struct ledger_io *disk;
	const char *ledger_dir;
	struct event_base *base;
	struct redactor *redactor;
	struct credentials *credentials;
	struct ledger *ledger;
	struct journal *journal;
	struct engine *engine;
	struct index_keeper *index; /* NULL: the ledger is damaged */
	struct ledger_writer *writer;
	struct http_client *http;
	struct page_pool *pages;
	struct control *control;

	/* private */
	struct ports ports;
	struct event *turn_timer, *soon, *status_timer, *watchdog_timer,
	    *stop_timer, *clock_timer, *clock_changed;
	int clock_fd;
	struct service_fresh fresh[SERVICE_FRESH_ROWS];
	struct service_fresh older[SERVICE_OLDER_ROWS];
	struct mirror_watch *mirror; /* NULL: there is no journal to follow */
	bool mirror_wanted;	     /* started, and the ledger is whole */
	struct mono_time turn_due;   /* when the armed deadline comes */
	char status[300];
	uint64_t state_saved_at; /* rows */
	bool journal_missed;	 /* its absence was told */
	bool ledger_damaged;	 /* nothing is written, mirror.json neither */
	bool checkpoints_lost;	 /* as the start found */
	struct event *sign_timer;
	struct service_signer signers[SERVICE_SIGNERS_MAX];
	size_t n_signers;
	bool signed_last; /* the last checkpoint was asked for */
	struct service_reload *reload;
	bool stopping;
	bool stop_over;	 /* SERVICE_STOP_S since then */
	int exit_status; /* of the loop: 0, or 74 */
};

/* Fills s->ports: the engine needs them before the other parts exist. */
void service_ports(struct service *s);

/* Creates the timers.  Everything that main.c sets must be there. */
int service_open(struct service *s, struct err *err);
void service_close(struct service *s);

/* The mirror (io/service_mirror.c): follows the journal from now on, as soon
 * as there is one; so many rows are durable. */
void service_mirror_start(struct service *s);
void service_mirror_stop(struct service *s);
void service_mirror_rows(struct service *s, uint64_t durable);
/* A person's `mirror --from SEQ`; answered at once. */
void service_mirror_again(struct service *s, uint64_t client,
			  const struct ctl_request *request,
			  const struct ctl_peer *peer);

/* Answers what is known of each credential that is named
 * (io/service_credentials.c); anybody may ask. */
void service_credentials(struct service *s, uint64_t client);

/* Answers what a reload of a configuration would hold and release
 * (io/service_impact.c). */
void service_impact(struct service *s, uint64_t client,
		    const struct config *config);

/* Reloads (io/service_reload.c), in the order in which they are asked for.
 * dry_run: only what it would hold and release is answered. */
int service_reload_open(struct service *s, struct err *err);
void service_reload_close(struct service *s);
void service_reload_ask(struct service *s, uint64_t client, bool dry_run);
/* Somebody waits for one. */
bool service_reloading(const struct service *s);

/* Checkpoints (io/service_sign.c).  rows: new ones may be durable; last: asks
 * for the last one, once, and tells whether nothing is under way any more. */
int service_sign_open(struct service *s);
void service_sign_close(struct service *s);
void service_sign_rows(struct service *s);
void service_sign_request(struct service *s, uint64_t client);
void service_signed(struct service *s);
void service_not_signed(struct service *s, int status, const char *why);
bool service_sign_last(struct service *s);
/* Appends how far the look at the sealed rows is; false: it is over. */
bool service_sealed_status(struct service *s, struct buf *line);

/* A turn now; one after the events of this pass of the loop; one in the next
 * pass, which serves first what has come meanwhile. */
void service_turn(struct service *s);
void service_soon(struct service *s);
void service_later(struct service *s);

/* The first turn; then READY. */
void service_ready(struct service *s);

/* SIGTERM: nothing new is sent, what is in flight gets SERVICE_STOP_S. */
void service_stop(struct service *s);

/* A datagram for a line that is no row: MESSAGE and what identifies it. */
void service_line(struct service *s, const struct alert_rule *rule,
		  const char *subject, const char *text);

/* The alert ledger-damaged, as a line in the journal and on stderr. */
void service_damaged(struct service *s, const char *words);

/* A line on stderr, with the priority where a service manager reads it. */
void service_say(int priority, const char *text);

/* Events of the parts, given to them by main.c. */
void service_on_http(void *ctx, uint64_t token,
		     const struct http_response *response);
void service_on_row(void *ctx, const struct row *row);
void service_on_request(void *ctx, uint64_t client,
			const struct ctl_request *request,
			const struct ctl_peer *peer);
void service_on_writer(void *ctx, enum ledger_writer_event event,
		       const char *words);
int service_render(void *ctx, uint64_t seq, struct buf *out);
void service_on_journal(void *ctx, bool present, const char *why);

#endif
