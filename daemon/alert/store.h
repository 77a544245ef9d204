/* What the alert machine remembers: private to daemon/alert.
 *
 * Every (rule, subject) that is not "ok" has one entry, found by its id in a
 * chained hash table.  Entries with an alert that the ledger knows (FIRING
 * and after) also stand in `open`, in order of seq. */
#ifndef ALERT_STORE_H
#define ALERT_STORE_H

#include "alert/machine.h"

enum entry_state {
	ENTRY_PENDING,	/* named; `for` or the window has not ended */
	ENTRY_RAISING,	/* reported; its row is under way */
	ENTRY_FIRING,	/* its row is durable */
	ENTRY_RESOLVING /* reported as resolved; the row is under way */
};

struct alert_entry {
	struct alert_entry *next;
	enum entry_state state;
	/* id, rule and subject always; the rest from RAISING on */
	struct alert alert;
	char *text;		    /* what alert.text points to */
	enum severity row_severity; /* what the row said */
	struct wall_time first_seen;
	struct wall_time due_at;     /* the window opened; 0: not yet */
	struct wall_time cleared_at; /* the same, for resolving */
	bool escalates;
	const struct alert_condition *condition; /* this turn's, or NULL */
};

struct alert_machine {
	int64_t group_s;
	struct {
		int64_t for_s;
		int64_t repeat_s; /* 0: the severity's default */
	} rule[ALERT_RULES];
	struct alert_entry **buckets;
	size_t n_buckets; /* a power of two */
	size_t n_entries;
	struct alert_entry **open;
	size_t n_open, cap_open;
	struct alert_silence *silences; /* oldest first */
	size_t n_silences;
};

/* "<rule>/<subject>" */
void alert_id_set(char id[static 2 * ALERT_SUBJECT_MAX],
		  enum alert_rule_id rule, const char *subject);
struct alert_entry *alert_store_find(const struct alert_machine *m,
				     const char *id);
/* Finds or adds; NULL when memory is short. */
struct alert_entry *alert_store_take(struct alert_machine *m, const char *id,
				     enum alert_rule_id rule,
				     const char *subject);
/* When the last silence that fits ends; 0: none does. */
struct wall_time alert_silenced_until(const struct alert_machine *m,
				      enum alert_rule_id rule,
				      const char *subject, const char *owner);
/* Lets those go that are over at this time. */
void alert_machine_forget_silences(struct alert_machine *m,
				   struct wall_time at);
/* Takes the entry out of the table and of `open`, and frees it. */
void alert_store_drop(struct alert_machine *m, struct alert_entry *entry);

#endif
