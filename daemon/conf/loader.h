/* What the stages of conf_load() share.  Private to conf/.
 *
 * The stages, in order: scan (the raw text), tree (libconfig, and each value
 * against the schema), build (layers of groups become structs), resolve
 * (names become pointers, and what must agree is compared), finish
 * (digests, canonical text).  Each goes on after errors, so that one run
 * reports all of them; only what an error made meaningless is left out. */
#ifndef CONF_LOADER_H
#define CONF_LOADER_H

#include "conf/arena.h"
#include "conf/config.h"
#include "conf/load.h"
#include "conf/schema.h"
#include "conf/value.h"

struct config_t;
struct config_setting_t;

enum {
	PATH_BYTES = 200,    /* of a dotted key in a message */
	LAYERS_MAX = 1024,   /* templates of a workload, files of a group */
	MESSAGES_MAX = 5000, /* more are counted, not kept */
	/* Of so many names that resolve to nothing the nearest one is looked
	 * for: each is compared with all that there are. */
	SUGGESTIONS_MAX = 100
};

/* A number that scan blanked out: later complaints about the same key on
 * the same line would only repeat it. */
struct trap {
	const char *file;
	int line;
	const char *key;
};

struct key_path {
	char text[PATH_BYTES];
};

/* One thing of a section, for the dump. */
struct conf_object {
	const struct schema_section *section;
	void *value;		/* NULL: nothing is kept (templates) */
	struct origin *origins; /* per key of the section; file "" = default */
	struct origin origin;
	bool shipped;	      /* in a profile file */
	bool brought;	      /* a source that a gateway's profile brings */
	struct key_path path; /* "workloads.support-chat" */
	size_t n_layers;
	const struct config_setting_t **layers; /* while loading */
};

struct conf_objects {
	struct conf_object *at;
	size_t n;
};

struct loaded_zone {
	struct loaded_zone *next;
	const char *name;
	const struct zone *zone;
};

struct loader {
	struct arena *arena;
	struct config *config; /* in the arena; not yet immutable */
	struct conf_report *report;
	size_t report_cap;
	const struct conf_text *texts;
	size_t n_texts;
	struct config_t *trees; /* one per text */
	bool *parsed;
	struct config_t *built_in; /* metric templates */
	struct trap *traps;
	size_t n_traps, traps_cap;
	struct conf_object *objects;
	size_t n_objects, objects_cap;
	conf_zone_fn *zone;
	void *zone_ctx;
	struct loaded_zone *zones;
	size_t n_suggested;
	bool failed; /* memory ran out */
	/* A file could not be parsed: what it may hold is not called
	 * missing. */
	bool incomplete;
};

/* report.c */
void loader_error(struct loader *l, const struct origin *at, const char *key,
		  const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
void loader_warn(struct loader *l, const struct origin *at, const char *key,
		 const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* A name that resolves to nothing: a warning, with the nearest candidate for
 * the first SUGGESTIONS_MAX of them, or with what becomes of it. */
#define DANGLING_HELD "it loads, is held, and alerts"
void loader_dangling(struct loader *l, const struct origin *at, const char *key,
		     const char *what, const char *name,
		     const char *const *candidates, size_t n,
		     const char *otherwise);
void loader_trap(struct loader *l, const struct origin *at, const char *key);
void loader_sort_report(struct loader *l);
/* "base.name", or "base" when name is "". */
struct key_path path_join(const struct key_path *base, const char *name);

/* scan.c: complains about what libconfig misreads, and appends to clean a
 * text of the same lines in which that is blanked out.  *ret_lines gets the
 * line of each string value (arena).  False when a parse would be useless. */
struct scan_lines {
	int *at;
	size_t n;
};
bool scan_text(struct loader *l, const struct conf_text *text,
	       struct buf *clean, struct scan_lines *ret_lines);

/* tree.c */
void tree_parse(struct loader *l);
const struct origin *setting_origin(const struct config_setting_t *setting);
/* The text of a string setting, else NULL; NULL for NULL. */
const char *setting_text(const struct config_setting_t *setting);
/* Complains unless the setting of a required key (NULL: there is none) has a
 * value; the empty string is none. */
void setting_require(struct loader *l, const struct config_setting_t *setting,
		     const struct schema_key *key, const struct origin *object,
		     const struct key_path *path);
bool setting_has_type(const struct config_setting_t *setting,
		      enum schema_type type);
/* The value of a scalar setting that has the key's type. */
int setting_decode(const struct config_setting_t *setting,
		   const struct schema_key *key, struct arena *arena,
		   struct value *ret, struct problem *problem);
/* "workloads.support-chat", or "workloads[2]" when it has no good label. */
struct key_path setting_path(const struct schema_section *section,
			     const struct config_setting_t *group, int index);

/* validate.c */
void tree_validate(struct loader *l);

/* fill.c: groups of settings over each other, the strongest first. */
struct layers {
	const struct config_setting_t *const *at;
	size_t n;
};
/* The setting of that name in the strongest layer that has it, or NULL. */
const struct config_setting_t *layers_find(const struct layers *layers,
					   const char *name);
/* All keys of the section into the struct at base; *origins (or NULL) gets
 * one origin per key. */
void layers_fill(struct loader *l, const struct schema_section *section,
		 const struct layers *layers, void *base,
		 struct origin *origins);

/* build.c */
void build_objects(struct loader *l);
/* The objects of a section: *ret_n of them from the returned one on. */
struct conf_object *loader_objects(const struct loader *l,
				   enum schema_list list, size_t *ret_n);

/* Where a key of an object was set, else where the object stands. */
const struct origin *object_origin(const struct conf_object *object,
				   const char *key);
/* Complains about a key of an object. */
void object_error(struct loader *l, const struct conf_object *object,
		  const char *key, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* The hosts, or the one of the URL when none are given (profiles.c). */
struct string_list loader_hosts(struct loader *l,
				const struct string_list *hosts,
				const char *url);

/* The stages of resolving, in the order in which they must run. */
void resolve_profiles(struct loader *l);       /* profiles.c */
void resolve_gateways(struct loader *l);       /* profiles.c */
void resolve_names(struct loader *l);	       /* resolve.c */
void resolve_rules(struct loader *l);	       /* rules.c */
void resolve_sources(struct loader *l);	       /* sources.c */
void resolve_schedules(struct loader *l);      /* schedules.c */
void resolve_source_windows(struct loader *l); /* windows.c */
void resolve_alerts(struct loader *l);	       /* alerts.c */
void resolve_unique(struct loader *l);	       /* unique.c */

/* held.c: what holds workloads on that day, where nothing is wrong else. */
void warn_held(struct loader *l, int32_t day);

/* schedules.c: the zone of that name (NULL is UTC); false after complaining
 * about a name that there is none of. */
bool loader_zone(struct loader *l, const struct conf_object *object,
		 const char *name, const struct zone **ret_zone);
/* Reads the expression; it was checked before.  NULL when it does not parse
 * or memory ran out. */
const struct cron *loader_cron(struct loader *l, const char *text);
/* Most fires in one UTC day, and the earliest second of a UTC day at which
 * one may come, in a year's sample; 0 fires: it never fires. */
struct fires {
	int64_t per_day;
	int64_t earliest_s;
};
struct fires schedule_fires(const struct schedule *schedule);

/* effective.c: canonical JSON of one object, and of the whole. */
void effective_object(const struct schema_section *section, const void *value,
		      struct buf *out);
bool effective_whole(const struct config *config, struct buf *out);

#endif
