/* The other direction: how values, types and ranges are written.  What is
 * written here is read back by value.c to the same value; quantities take the
 * largest unit that divides them. */
#include "conf/value.h"

#include "base/err.h"
#include "base/wall.h"

#include <inttypes.h>
#include <string.h>

static const struct value_unit second_units[] = {
    {"w", 7 * 86400}, {"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}, {0}};
static const struct value_unit ms_units[] = {
    {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}, {0}};
static const struct value_unit size_units[] = {
    {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}, {0}};

const struct value_unit *
value_units(enum schema_type type)
{
	switch (type) {
	case SCHEMA_DURATION:
		return second_units;
	case SCHEMA_DURATION_MS:
		return ms_units;
	case SCHEMA_SIZE:
		return size_units;
	default:
		return NULL;
	}
}

static void
put_quantity(enum schema_type type, int64_t n, struct buf *out)
{
	const struct value_unit *unit = value_units(type);

	if (n == 0) {
		buf_puts(out, type == SCHEMA_SIZE ? "0B" : "0s");
		return;
	}
	/* weeks are read, but written as days: "31d" beside "4w" confuses */
	if (type == SCHEMA_DURATION)
		unit++;
	while (n % unit->size != 0)
		unit++;
	buf_printf(out, "%" PRId64 "%s", n / unit->size, unit->name);
}

static const char *
word_of(const struct schema_key *key, int64_t n)
{
	if (key->words == NULL)
		return "";
	for (const struct schema_word *w = key->words; w->name != NULL; w++) {
		if (w->value == n)
			return w->name;
	}
	return "";
}

void
value_to_text(const struct schema_key *key, const struct value *value,
	      struct buf *out)
{
	char day[WALL_DAY_LEN + 1];

	switch (key->type) {
	case SCHEMA_BOOL:
		buf_puts(out, value->n ? "true" : "false");
		break;
	case SCHEMA_INT:
		buf_printf(out, "%" PRId64, value->n);
		break;
	case SCHEMA_DURATION:
	case SCHEMA_DURATION_MS:
	case SCHEMA_SIZE:
		if (word_of(key, value->n)[0] != '\0')
			buf_puts(out, word_of(key, value->n));
		else
			put_quantity(key->type, value->n, out);
		break;
	case SCHEMA_DAY:
		buf_puts(out, day_format((int32_t)value->n, day));
		break;
	case SCHEMA_ENUM:
	case SCHEMA_FLAGS:
		buf_puts(out, word_of(key, value->n));
		break;
	default:
		buf_puts(out, value->text);
	}
}

void
value_to_config(const struct schema_key *key, const struct value *value,
		struct buf *out)
{
	struct buf text = {0};

	value_to_text(key, value, &text);
	if (schema_is_string(key->type)) {
		buf_putc(out, '"');
		for (const char *c = buf_text(&text); *c != '\0'; c++) {
			if (*c == '"' || *c == '\\')
				buf_putc(out, '\\');
			buf_putc(out, *c);
		}
		buf_putc(out, '"');
	} else {
		buf_puts(out, buf_text(&text));
		if (key->type == SCHEMA_INT && value->n > 999999999)
			buf_putc(out, 'L');
	}
	buf_free(&text);
}

void
value_to_json(struct json_writer *w, const struct schema_key *key,
	      const char *name, const struct value *value)
{
	struct buf text = {0};

	if (key->type == SCHEMA_BOOL) {
		json_put_bool(w, name, value->n != 0);
	} else if (key->type == SCHEMA_INT) {
		json_put_int(w, name, value->n);
	} else {
		value_to_text(key, value, &text);
		json_put_string(w, name, buf_text(&text));
		buf_free(&text);
	}
}

static void
put_words(const struct schema_key *key, struct buf *out)
{
	for (const struct schema_word *w = key->words; w->name != NULL; w++) {
		if (w != key->words)
			buf_puts(out, ", ");
		buf_puts(out, w->name);
	}
}

void
value_range(const struct schema_key *key, struct buf *out)
{
	struct value least = {.n = key->min}, most = {.n = key->max};

	if (key->type == SCHEMA_INT || value_units(key->type) != NULL) {
		value_to_text(key, &least, out);
		buf_puts(out, " to ");
		value_to_text(key, &most, out);
		if (key->words != NULL)
			buf_puts(out, ", or ");
	}
	if (key->words != NULL) {
		put_words(key, out);
	} else if (value_is_number(key->type)) {
		return; /* is said, or has no range */
	} else if (key->max > 0 && key->min == key->max) {
		buf_printf(out, "%" PRId64 " bytes", key->max);
	} else if (key->max > 0) {
		buf_printf(out, "%" PRId64 " to %" PRId64 " bytes", key->min,
			   key->max);
	}
}

/* "04:30" at text[0..4]; -1 when it is none. */
static int
clock_seconds(const char *text)
{
	int n[4];
	static const int at[] = {0, 1, 3, 4};

	for (int i = 0; i < 4; i++) {
		if (text[at[i]] < '0' || text[at[i]] > '9')
			return -1;
		n[i] = text[at[i]] - '0';
	}
	if (text[2] != ':' || n[2] > 5 || n[0] * 10 + n[1] > 24 ||
	    (n[0] * 10 + n[1] == 24 && n[2] + n[3] > 0))
		return -1;
	return (n[0] * 10 + n[1]) * 3600 + (n[2] * 10 + n[3]) * 60;
}

int
value_window(const char *text, int *ret_from_s, int *ret_to_s)
{
	int from, to;

	if (strlen(text) != 11 || text[5] != '-')
		return ERR_INVALID;
	from = clock_seconds(text);
	to = clock_seconds(text + 6);
	if (from < 0 || to < 0 || from == to || from == SEC_PER_DAY)
		return ERR_INVALID;
	*ret_from_s = from;
	*ret_to_s = to > from ? to : to + (int)SEC_PER_DAY;
	return 0;
}

void
value_clock(int64_t seconds, struct buf *out)
{
	buf_printf(out, "%02d:%02d", (int)(seconds / 3600 % 25),
		   (int)(seconds / 60 % 60));
}

int
value_refresh_days(const char *text)
{
	static const struct {
		const char *name;
		int days;
	} words[] = {{"daily", 1},
		     {"weekly", 7},
		     {"monthly", 31},
		     {"quarterly", 92},
		     {"yearly", 366}};
	size_t digits = strspn(text, "0123456789");
	int n = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i].name) == 0)
			return words[i].days;
	}
	if (digits == 0 || digits > 4 || strcmp(text + digits, "d") != 0)
		return 0;
	for (size_t i = 0; i < digits; i++)
		n = n * 10 + (text[i] - '0');
	return n;
}
