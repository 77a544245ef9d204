/* Strings of YAML that every parser reads as the same string. */
#ifndef REPORT_YAML_H
#define REPORT_YAML_H

#include "base/buf.h"

/* Appends text (UTF-8) in double quotes, so that "yes", "2026-07-03", "" and
 * "no" stay strings for parsers of YAML 1.1 and 1.2 alike.  What these call
 * a line break or not printable is escaped. */
void yaml_quote(struct buf *out, const char *text);

/* Appends a value as canonical JSON, whose strings are quoted already. */
void yaml_of_json(struct buf *out, const char *json);

#endif
