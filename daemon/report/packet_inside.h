/* Between the files of the packet. */
#ifndef REPORT_PACKET_INSIDE_H
#define REPORT_PACKET_INSIDE_H

#include "conf/config.h"
#include "report/packet.h"

struct json_object;

enum { PACKET_EVIDENCE_MAX = 256, PACKET_FIELDS = 14 };

struct packet_row {
	uint64_t seq;
	struct wall_time at;
	char kind[ROW_KIND_MAX + 1]; /* "": not added */
	struct json_object *body;
};

struct packet {
	enum packet_choice choice;
	uint64_t seq;
	struct digest leaf;
	struct json_object *body;
	char *text; /* of the body, canonical */
	size_t len;
	uint64_t evidence[PACKET_EVIDENCE_MAX];
	struct packet_row rows[PACKET_EVIDENCE_MAX];
	size_t n_evidence;
	uint64_t corrected_by; /* 0: none */
};

/* The names of the fourteen fields, in the packet's own order. */
extern const char *const packet_fields[PACKET_FIELDS];

/* "" when the member is absent or no string. */
const char *packet_value(const struct packet *p, const char *key);
/* The newest evidence row of a kind, or NULL. */
const struct packet_row *packet_row_of(const struct packet *p,
				       const char *kind);
/* "pass (response only)" where usage was seen in the response alone. */
const char *packet_decision(const struct packet *p);
/* "support-chat 2026-07-03: the newest day ... (row 7)" */
void packet_title(const struct packet *p, struct buf *out);

/* What a page of this kind is good for, in one safe sentence. */
const char *packet_source_words(const char *kind);
/* What no packet says. */
extern const char *const packet_refusals;

void packet_numbers(const struct packet *p, struct writer *w);

#endif
