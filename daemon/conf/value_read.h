/* The readers of values, for the table in value.c alone. */
#ifndef CONF_VALUE_READ_H
#define CONF_VALUE_READ_H

#include "conf/value.h"

typedef int value_reader_fn(const struct schema_key *key, const char *text,
			    struct value *ret, struct problem *problem);

value_reader_fn value_read_quantity;
value_reader_fn value_read_day;
value_reader_fn value_read_word;
value_reader_fn value_read_name;
value_reader_fn value_read_label;
value_reader_fn value_read_url;
value_reader_fn value_read_host;
value_reader_fn value_read_path;
value_reader_fn value_read_url_path;
value_reader_fn value_read_pointer;
value_reader_fn value_read_regex;
value_reader_fn value_read_hex;
value_reader_fn value_read_window;
value_reader_fn value_read_cron;
value_reader_fn value_read_zone;
value_reader_fn value_read_refresh;
value_reader_fn value_read_text;

#endif
