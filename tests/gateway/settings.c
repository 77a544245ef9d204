/* libconfig text → state.  One table of numbers, one reader per list; names
 * of settings that nobody reads are refused, so that a misspelt lag cannot
 * make a test pass by itself. */
#include "settings.h"

#include <stdlib.h>
#include <string.h>

static int
bad(struct err *err, const config_setting_t *s, const char *what)
{
	return err_set(
	    err, ERR_INVALID, "line %d: %s: %s", config_setting_source_line(s),
	    config_setting_name(s) == NULL ? "-" : config_setting_name(s),
	    what);
}

/* Only these names may stand in the group. */
static int
only(const config_setting_t *group, const char *const *names, struct err *err)
{
	if (!config_setting_is_group(group))
		return bad(err, group, "not a group");
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *s =
		    config_setting_get_elem(group, (unsigned int)i);
		const char *const *n = names;

		while (*n != NULL && strcmp(*n, config_setting_name(s)) != 0)
			n++;
		if (*n == NULL)
			return bad(err, s, "unknown setting");
	}
	return 0;
}

static int
get_text(const config_setting_t *group, const char *name, const char *absent,
	 const char **ret, struct err *err)
{
	const config_setting_t *s = config_setting_get_member(group, name);

	if (s == NULL && absent == NULL)
		return err_set(err, ERR_INVALID, "line %d: %s is missing",
			       config_setting_source_line(group), name);
	if (s != NULL && config_setting_type(s) != CONFIG_TYPE_STRING)
		return bad(err, s, "not a string");
	*ret = s == NULL ? absent : config_setting_get_string(s);
	return 0;
}

static int
get_number(const config_setting_t *group, const char *name, int64_t absent,
	   int64_t max, int64_t *ret, struct err *err)
{
	const config_setting_t *s = config_setting_get_member(group, name);
	int64_t n = absent;

	if (s != NULL) {
		if (config_setting_type(s) != CONFIG_TYPE_INT &&
		    config_setting_type(s) != CONFIG_TYPE_INT64)
			return bad(err, s, "not a number");
		n = config_setting_get_int64(s);
		if (n < 0 || n > max)
			return bad(err, s, "out of range");
	}
	*ret = n;
	return 0;
}

static int
get_behaviour(const config_setting_t *group, const char *name,
	      const char *absent, enum behaviour_place at,
	      const struct behaviour **ret, struct err *err)
{
	const char *text;
	int rc = get_text(group, name, absent, &text, err);

	if (rc < 0)
		return rc;
	*ret = behaviour_find(text, at);
	if (*ret == NULL)
		return err_set(err, ERR_INVALID,
			       "line %d: %s: no behaviour \"%s\" here",
			       config_setting_source_line(group), name, text);
	return 0;
}

static int
read_key(const config_setting_t *s, struct key *key, struct err *err)
{
	static const char *const names[] = {
	    "name", "value", "quota", "used", "behaviour", "surface", NULL};
	const int64_t max = INT64_C(1) << 53;
	int rc = only(s, names, err);

	if (rc == 0)
		rc = get_text(s, "name", NULL, &key->name, err);
	if (rc == 0)
		rc = get_text(s, "value", NULL, &key->value, err);
	if (rc == 0)
		rc = get_number(s, "quota", 1000000, max, &key->remain, err);
	if (rc == 0)
		rc = get_number(s, "used", 0, key->remain, &key->used, err);
	if (rc == 0)
		rc = get_behaviour(s, "behaviour", "healthy", AT_CHAT,
				   &key->chat, err);
	if (rc == 0)
		rc = get_behaviour(s, "surface", "healthy", AT_SURFACE,
				   &key->surface, err);
	key->remain -= key->used;
	return rc;
}

static int
read_page(const config_setting_t *s, struct page *page, struct err *err)
{
	static const char *const names[] = {"name",	 "path",	 "file",
					    "behaviour", "change_after", NULL};
	int rc = only(s, names, err);

	if (rc == 0)
		rc = get_text(s, "name", NULL, &page->name, err);
	if (rc == 0)
		rc = get_text(s, "path", NULL, &page->path, err);
	if (rc == 0)
		rc = get_text(s, "file", page->name, &page->file, err);
	if (rc == 0)
		rc = get_behaviour(s, "behaviour", "healthy", AT_PAGE,
				   &page->behaviour, err);
	if (rc == 0)
		rc = get_number(s, "change_after", 0, INT32_MAX,
				&page->change_after, err);
	return rc;
}

static int
read_gateway(const config_setting_t *s, struct gateway *gateway,
	     struct err *err)
{
	static const char *const names[] = {"name", "port", "invalid_keys",
					    "invalid_keys_surface", NULL};
	int64_t port = 0;
	int rc = only(s, names, err);

	if (rc == 0)
		rc = get_text(s, "name", NULL, &gateway->name, err);
	if (rc == 0)
		rc = get_number(s, "port", 0, 65535, &port, err);
	gateway->port = (int)port;
	if (rc == 0)
		rc = get_behaviour(s, "invalid_keys", "unauthorized", AT_CHAT,
				   &gateway->invalid_chat, err);
	if (rc == 0)
		rc = get_behaviour(s, "invalid_keys_surface", "unauthorized",
				   AT_SURFACE, &gateway->invalid_surface, err);
	return rc;
}

/* A list of groups: allocates n elements; NULL and 0 when absent. */
static int
open_list(const config_setting_t *root, const char *name, size_t max,
	  size_t size, const config_setting_t **ret_list, void **ret_at,
	  size_t *ret_n, struct err *err)
{
	const config_setting_t *list = config_setting_get_member(root, name);

	*ret_list = list;
	if (list == NULL)
		return 0;
	if (!config_setting_is_list(list))
		return bad(err, list, "not a list of groups");
	*ret_n = (size_t)config_setting_length(list);
	if (*ret_n > max)
		return bad(err, list, "too many");
	*ret_at = calloc(*ret_n + 1, size);
	return *ret_at == NULL ? err_set(err, ERR_NOMEM, "out of memory") : 0;
}

static int
read_lists(const config_setting_t *root, struct settings *s, struct err *err)
{
	const config_setting_t *list;
	int rc;

	rc = open_list(root, "gateways", GATEWAYS_MAX, sizeof(*s->gateways),
		       &list, (void **)&s->gateways, &s->n_gateways, err);
	for (size_t i = 0; rc == 0 && i < s->n_gateways; i++)
		rc =
		    read_gateway(config_setting_get_elem(list, (unsigned int)i),
				 &s->gateways[i], err);
	if (rc == 0 && s->n_gateways == 0)
		rc = err_set(err, ERR_INVALID, "gateways is missing");
	if (rc == 0)
		rc = open_list(root, "keys", KEYS_MAX, sizeof(*s->keys), &list,
			       (void **)&s->keys, &s->n_keys, err);
	for (size_t i = 0; rc == 0 && i < s->n_keys; i++)
		rc = read_key(config_setting_get_elem(list, (unsigned int)i),
			      &s->keys[i], err);
	if (rc == 0)
		rc = open_list(root, "pages", PAGES_MAX, sizeof(*s->pages),
			       &list, (void **)&s->pages, &s->n_pages, err);
	for (size_t i = 0; rc == 0 && i < s->n_pages; i++)
		rc = read_page(config_setting_get_elem(list, (unsigned int)i),
			       &s->pages[i], err);
	return rc;
}

static int
read_numbers(const config_setting_t *root, struct settings *s, struct err *err)
{
	const int64_t day_ms = INT64_C(86400000);
	const struct {
		const char *name;
		int64_t absent;
		int64_t max;
		int64_t *at;
	} numbers[] = {
	    {"used_lag_ms", 60000, day_ms, &s->used_lag_ms},
	    {"rate_reads", 20, RATE_MAX, &s->rate_reads},
	    {"rate_per_ms", 1200000, day_ms, &s->rate_per_ms},
	    {"slow_ms", 30000, day_ms, &s->slow_ms},
	    {"drip_ms", 1000, day_ms, &s->drip_ms},
	    {"split_ms", 20, day_ms, &s->split_ms},
	    {"oversized_bytes", 4194304, 268435456, &s->oversized_bytes},
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(numbers) / sizeof(numbers[0]);
	     i++)
		rc = get_number(root, numbers[i].name, numbers[i].absent,
				numbers[i].max, numbers[i].at, err);
	return rc;
}

int
settings_read(const char *path, struct settings *ret, struct err *err)
{
	static const char *const names[] = {
	    "fixtures", "used_lag_ms", "rate_reads", "rate_per_ms",
	    "slow_ms",	"drip_ms",     "split_ms",   "oversized_bytes",
	    "gateways", "keys",	       "pages",	     NULL};
	struct settings s = {0};
	const config_setting_t *root;
	int rc;

	config_init(&s.file);
	if (!config_read_file(&s.file, path)) {
		rc = err_set(err, ERR_INVALID, "line %d: %s",
			     config_error_line(&s.file),
			     config_error_text(&s.file));
		settings_free(&s);
		return rc;
	}
	root = config_root_setting(&s.file);
	rc = only(root, names, err);
	if (rc == 0)
		rc = get_text(root, "fixtures", "fixtures", &s.fixtures, err);
	if (rc == 0)
		rc = read_numbers(root, &s, err);
	if (rc == 0)
		rc = read_lists(root, &s, err);
	if (rc < 0) {
		settings_free(&s);
		return rc;
	}
	*ret = s;
	return 0;
}

void
settings_free(struct settings *settings)
{
	free(settings->gateways);
	free(settings->keys);
	free(settings->pages);
	config_destroy(&settings->file);
}
