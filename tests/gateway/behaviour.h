/* The ways in which the practice gateway can answer: one table, by name. */
#ifndef GATEWAY_BEHAVIOUR_H
#define GATEWAY_BEHAVIOUR_H

#include <stdbool.h>

/* Where a behaviour makes sense. */
enum behaviour_place { AT_CHAT = 1, AT_SURFACE = 2, AT_PAGE = 4 };

/* How the bytes are delivered. */
enum manner {
	MANNER_WHOLE,
	MANNER_SLOW,   /* slow_ms before the headers */
	MANNER_DRIP,   /* one byte of the body every drip_ms */
	MANNER_CUT,    /* half of the promised bytes, then closed */
	MANNER_PADDED, /* spaces up to oversized_bytes */
	MANNER_SPLIT,  /* two chunks, split inside the echoed credential */
	MANNER_HANGUP  /* closed without an answer */
};

/* The credential that was sent comes back: in which form, and where. */
enum echo_form {
	ECHO_NONE,
	ECHO_PLAIN,
	ECHO_BASE64,
	ECHO_PERCENT, /* every byte as %XX */
	ECHO_JSON,    /* every byte as \u00XX */
	ECHO_MARKUP   /* the first half as &#NN;, the other in its own <b> */
};

enum echo_place {
	ECHO_IN_TEXT, /* the ${echo} of the fixture */
	ECHO_IN_HEADER,
	ECHO_IN_REQUEST_ID
};

/* What is wrong with the counters although the answer looks good. */
enum quirk {
	QUIRK_NONE,
	QUIRK_FROZEN,	   /* requests do not reach them */
	QUIRK_WRONG_LABEL, /* another key's name */
	QUIRK_DRIFTING	   /* they move at every reading: used elsewhere */
};

struct behaviour {
	const char *name;
	unsigned int at;     /* enum behaviour_place */
	const char *fixture; /* NULL: the good answer of the route */
	bool refuses;	     /* an unknown key is refused all the same ... */
	const char *refusal; /* ... with this; NULL: as the route does */
	bool billed;	     /* a known key pays for it */
	enum manner manner;
	enum echo_form echo;
	enum echo_place echo_place;
	enum quirk quirk;
	bool changed; /* the changed edition of a page */
};

/* NULL when there is none of that name at that place. */
const struct behaviour *behaviour_find(const char *name,
				       enum behaviour_place at);

/* Row i of the table, or NULL after the last. */
const struct behaviour *behaviour_at(unsigned int i);

#endif
