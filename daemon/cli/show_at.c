/* A thing as it was: the rows up to a point, and the configuration that was
 * in force there.
 *
 * Nothing is shown that today's configuration says.  The text of the one that
 * was in force lies beside the ledger, under the digest that its row names,
 * and is kept while a record rests on it; where it is gone, that is said. */
#include "base/json.h"
#include "cli/config_then.h"
#include "cli/show.h"
#include "cli/view_at.h"
#include "io/disk.h"
#include "ledger/ledger.h"
#include "ledger/row.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

static void
print_point(struct session *s, const struct view *view, const char *name)
{
	static const struct column columns[] = {
	    {"name", "name", 0},
	    {"as_of", "as of", 0},
	    {"seq", "newest row", 0},
	    {"config_digest", "configuration", 0},
	    {"config_seq", "loaded in row", 0},
	};
	struct writer *w = &s->writer;
	bool loaded = view->config_digest[0] != '\0';

	writer_card(w, "at", columns, sizeof(columns) / sizeof(columns[0]));
	writer_text(w, name);
	writer_time(w, view->newest_at);
	writer_int(w, (int64_t)view->rows - 1);
	writer_text(w, loaded ? view->config_digest : NULL);
	if (loaded)
		writer_int(w, (int64_t)view->config_seq);
	else
		writer_none(w);
	writer_close(w);
}

/* ---- the configuration of then ---- */

static bool
print_groups(struct session *s, struct json_object *effective,
	     const struct show_section *section, const char *name)
{
	struct json_object *group;
	bool found = false;
	size_t at = 0;

	while ((group = show_next_group(effective, section, name, &at)) !=
	       NULL) {
		found = true;
		writer_heading(&s->writer, "Configured then");
		show_members(s, section->section, group);
	}
	return found;
}

struct then {
	/* NULL: it is not kept, or is not what its digest says. */
	struct json_object *effective;
	struct config *config; /* NULL also: of another build */
};

static void
load_then(const char *dir, const struct view *view, struct then *then)
{
	struct json_limits limits = JSON_FOREIGN_LIMITS;
	struct digest digest;
	size_t len;
	char *text;

	*then = (struct then){0};
	limits.elements = SIZE_MAX;
	if (strlen(view->config_digest) != DIGEST_HEX_LEN ||
	    hex_decode(view->config_digest, DIGEST_LEN, digest.bytes) < 0 ||
	    ledger_blob(&disk_io, dir, &digest, &text, &len, NULL) < 0)
		return;
	if (json_parse(text, len, &limits, &then->effective, NULL) < 0)
		then->effective = NULL;
	free(text);
	then->config = config_then(dir, &digest);
}

static void
free_then(struct then *then)
{
	json_object_put(then->effective);
	config_free(then->config);
}

/* effective is NULL where it is not kept. */
static bool
print_configured(struct session *s, struct json_object *effective,
		 const char *name)
{
	bool found = false;

	if (effective == NULL) {
		writer_heading(&s->writer, "Configured then");
		writer_paragraph(&s->writer, "  ",
				 "the text of that configuration is not kept "
				 "here");
		return false;
	}
	for (size_t i = 0; !found && i < SHOW_SECTIONS; i++)
		found = print_groups(s, effective, &show_sections[i], name);
	return found;
}

/* What is not kept may have named it. */
static int
say_nothing(struct session *s, const char *name, bool kept)
{
	buf_reset(&s->out);
	return session_fail(
	    s, CTL_NO_OBJECT, "nothing was named %s then, as far as the %s",
	    name,
	    kept ? "rows and the kept configuration say"
		 : "rows say; the text of that configuration is not kept here");
}

/* What the configuration and the rows of then say, in the order in which it is
 * shown of now. */
static int
print_facts(struct session *s, const char *name, const struct view *view,
	    const struct then *then)
{
	const struct view_workload *w = view_workload(view, name);
	const struct view_source *source = view_source(view, name);
	const struct workload *wl =
	    then->config == NULL ? NULL : config_workload(then->config, name);
	bool configured = print_configured(s, then->effective, name);
	int r = show_record(s, view, w);

	if (wl != NULL)
		show_sources(s, wl, view);
	if (source != NULL)
		show_facts(s,
			   then->config == NULL
			       ? NULL
			       : config_source(then->config, name),
			   source);
	show_alerts(s, view, name, wl);
	if (r == 0 && !configured && w == NULL && source == NULL)
		r = say_nothing(s, name, then->effective != NULL);
	return r;
}

static int
print_then(struct session *s, const char *name, const struct view *view)
{
	struct then then;
	const char *dir;
	int r = session_ledger(s, &dir);

	if (r != 0)
		return r;
	load_then(dir, view, &then);
	print_point(s, view, name);
	r = print_facts(s, name, view, &then);
	free_then(&then);
	return r;
}

int
show_at(struct session *s, const char *name)
{
	struct row_limit limit;
	struct view *view;
	int r = row_limit_asked(s, &limit);

	if (r == 0)
		r = view_at(s, &limit, &view);
	if (r != 0)
		return r;
	r = row_limit_reached(s, &limit, view->rows);
	/* What expires is asked of that time. */
	s->now.wall = view->newest_at;
	if (r == 0)
		r = print_then(s, name, view);
	view_free(view);
	return r;
}
