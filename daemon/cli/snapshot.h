/* A snapshot that a person named: by 12 or more of the 64 digits of its
 * text's digest, as diff, show and the alerts print them.
 *
 * Twelve digits are a name for people to read.  Whoever writes a page can
 * find two texts that share them, so they mean a text only while no other
 * recorded text of the source begins alike. */
#ifndef CLI_SNAPSHOT_H
#define CLI_SNAPSHOT_H

#include "base/digest.h"
#include "cli/cli.h"
#include "page/page.h"

struct snapshot_search {
	char wanted[DIGEST_HEX_LEN + 1]; /* the digits; "": of nothing */
	bool found;
	bool ambiguous; /* another text of the source begins alike */
	struct digest text, other;
	struct wall_time read_at; /* first read with this text */
};

/* Whether a person's word can name a snapshot. */
bool snapshot_is_name(const char *word);

/* Looks for both (either may want nothing) among the reads of the source
 * that the ledger keeps.  0, or the exit status of what was said: for
 * a name that two texts share, CTL_REFUSED. */
int snapshot_find(struct session *s, const char *dir, const char *source,
		  struct snapshot_search *a, struct snapshot_search *b);

/* The whole digest of what the word names, as a request carries it.  A word
 * that names no recorded text goes as it is: the daemon refuses it, and says
 * what is current.  Reads the ledger unless the word is a whole digest. */
int snapshot_resolve(struct session *s, const char *source, const char *word,
		     char *out, size_t size);

#endif
