/* One pass over the folder; what is found stays as it is until the process
 * ends, so a new value needs a restart.  A file that cannot be used keeps its
 * entry without a value: "there, but a placeholder" is another message than
 * "not there". */
#include "io/credentials.h"
#include "base/map.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

struct credential {
	char *name;  /* of the file */
	char *value; /* NULL unless loaded */
	size_t len;
	enum credential_state state;
	char fingerprint[FINGERPRINT_LEN + 1]; /* "": not asked for yet */
};

struct credentials {
	struct credential *at;
	size_t n;
	struct map index; /* of `at`, by the names of files */
};

static const char prefix[] = "evidenced_";

/* The ledger's own keys lie in the same folder: never sent to anybody, so they
 * are not found by their names. */
static bool
is_placeholder(const char *value, size_t len)
{
	return len < CREDENTIAL_MIN || strcasecmp(value, "changeme") == 0 ||
	       (value[0] == '<' && value[len - 1] == '>');
}

/* The value goes into a header line. */
static bool
is_plain(const char *value, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
			return false;
	}
	return true;
}

static size_t
trimmed(const char *value, size_t len)
{
	while (len > 0 && (value[len - 1] == '\n' || value[len - 1] == '\r'))
		len--;
	return len;
}

/* Up to CREDENTIAL_MAX bytes and the terminator; negative on error. */
static ssize_t
read_value(int fd, char value[CREDENTIAL_MAX + 2])
{
	size_t len = 0;

	for (;;) {
		ssize_t n = read(fd, value + len, CREDENTIAL_MAX + 1 - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > CREDENTIAL_MAX)
			return -1;
	}
	value[len] = '\0';
	return (ssize_t)len;
}

static enum credential_state
judge(const char *value, size_t len)
{
	if (is_placeholder(value, len))
		return CREDENTIAL_PLACEHOLDER;
	return is_plain(value, len) ? CREDENTIAL_LOADED : CREDENTIAL_UNUSABLE;
}

static int
keep_value(struct credential *c, const char *value, size_t len,
	   struct redactor *redactor)
{
	c->value = malloc(len + 1);
	if (c->value == NULL)
		return ERR_NOMEM;
	memcpy(c->value, value, len);
	c->value[len] = '\0';
	c->len = len;
	return redactor_add(redactor, c->name, c->value, len, NULL);
}

/* Fills in state and value; only running out of memory is an error. */
static int
load_file(struct credential *c, int fd, struct redactor *redactor)
{
	char value[CREDENTIAL_MAX + 2];
	ssize_t len = read_value(fd, value);
	int r = 0;

	c->state = CREDENTIAL_UNUSABLE;
	if (len >= 0) {
		size_t n = trimmed(value, (size_t)len);

		value[n] = '\0';
		c->state = judge(value, n);
		if (c->state == CREDENTIAL_LOADED)
			r = keep_value(c, value, n, redactor);
	}
	explicit_bzero(value, sizeof(value));
	return r;
}

static struct credential *
add_entry(struct credentials *set, const char *name)
{
	struct credential *more =
	    reallocarray(set->at, set->n + 1, sizeof(*more));

	if (more == NULL)
		return NULL;
	set->at = more;
	more[set->n] = (struct credential){.name = strdup(name)};
	if (more[set->n].name == NULL)
		return NULL;
	return map_put(&set->index, name, set->n++) ? &more[set->n - 1] : NULL;
}

static int
load_entry(struct credentials *set, int dir, const char *name,
	   struct redactor *redactor, struct err *err)
{
	struct credential *c;
	struct stat st;
	int fd, r = 0;

	if (name[0] == '.')
		return 0;
	if (set->n == CREDENTIALS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d credentials",
			       CREDENTIALS_MAX);
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		return 0;
	}
	c = add_entry(set, name);
	if (c == NULL)
		r = ERR_NOMEM;
	else if (fd < 0)
		c->state = CREDENTIAL_UNUSABLE;
	else
		r = load_file(c, fd, redactor);
	if (fd >= 0)
		close(fd);
	return r < 0 ? err_set(err, r, "no memory for credentials") : 0;
}

static int
load_directory(struct credentials *set, const char *directory,
	       struct redactor *redactor, struct err *err)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	int r = 0;

	if (dir == NULL && errno == ENOENT)
		return 0;
	if (dir == NULL)
		return err_set_errno(err, ERR_IO, errno, "credentials in %s",
				     directory);
	while (r == 0 && (entry = readdir(dir)) != NULL)
		r = load_entry(set, dirfd(dir), entry->d_name, redactor, err);
	closedir(dir);
	return r;
}

int
credentials_load(const char *directory, struct redactor *redactor,
		 struct credentials **ret_credentials, struct err *err)
{
	struct credentials *set = calloc(1, sizeof(*set));
	int r = 0;

	if (set == NULL)
		return err_set(err, ERR_NOMEM, "no memory for credentials");
	if (directory != NULL)
		r = load_directory(set, directory, redactor, err);
	if (r < 0)
		credentials_free(set);
	else
		*ret_credentials = set;
	return r;
}

void
credentials_free(struct credentials *credentials)
{
	if (credentials == NULL)
		return;
	for (size_t i = 0; i < credentials->n; i++) {
		struct credential *c = &credentials->at[i];

		if (c->value != NULL)
			explicit_bzero(c->value, c->len);
		free(c->value);
		free(c->name);
	}
	free(credentials->at);
	map_free(&credentials->index);
	free(credentials);
}

static struct credential *
find_file(const struct credentials *set, const char *name)
{
	size_t i;

	return map_get(&set->index, name, &i) ? &set->at[i] : NULL;
}

/* A file of just the name comes first. */
static struct credential *
find_any(const struct credentials *set, const char *name)
{
	struct credential *c = find_file(set, name);
	char prefixed[NAME_MAX + 1];

	if (c != NULL || snprintf(prefixed, sizeof(prefixed), "%s%s", prefix,
				  name) >= (int)sizeof(prefixed))
		return c;
	return find_file(set, prefixed);
}

static struct credential *
find(const struct credentials *set, const char *name)
{
	const char *end = name;

	if (strncmp(name, prefix, strlen(prefix)) == 0)
		end += strlen(prefix);
	if (strcmp(end, CREDENTIALS_LEDGER_KEY) == 0 ||
	    strcmp(end, CREDENTIALS_LEDGER_KEY_PREVIOUS) == 0)
		return NULL;
	return find_any(set, name);
}

enum credential_state
credentials_state(const struct credentials *credentials, const char *name)
{
	const struct credential *c = find(credentials, name);

	return c == NULL ? CREDENTIAL_ABSENT : c->state;
}

bool
credentials_get(const struct credentials *credentials, const char *name,
		const char **ret_value, size_t *ret_len)
{
	const struct credential *c = find(credentials, name);

	if (c == NULL || c->state != CREDENTIAL_LOADED)
		return false;
	*ret_value = c->value;
	*ret_len = c->len;
	return true;
}

bool
credentials_next(const struct credentials *credentials, size_t *cursor,
		 const char **ret_name, const char **ret_value, size_t *ret_len)
{
	while (*cursor < credentials->n) {
		const struct credential *c = &credentials->at[(*cursor)++];

		if (c->state != CREDENTIAL_LOADED)
			continue;
		*ret_name = c->name;
		*ret_value = c->value;
		*ret_len = c->len;
		return true;
	}
	return false;
}

bool
credentials_fingerprint(const struct credentials *credentials, const char *name,
			credentials_hmac_fn *hmac, void *hmac_ctx,
			char ret_fingerprint[FINGERPRINT_LEN + 1])
{
	struct credential *c = find(credentials, name);
	struct digest digest;

	if (c == NULL || c->state != CREDENTIAL_LOADED)
		return false;
	if (c->fingerprint[0] == '\0') {
		digest = hmac(hmac_ctx, c->value, c->len);
		hex_encode(digest.bytes, FINGERPRINT_LEN / 2, c->fingerprint);
	}
	memcpy(ret_fingerprint, c->fingerprint, sizeof(c->fingerprint));
	return true;
}

enum credential_state
credentials_ledger_key(const struct credentials *credentials, const char *name,
		       const char **ret_value, size_t *ret_len)
{
	const struct credential *c = find_any(credentials, name);

	if (c == NULL)
		return CREDENTIAL_ABSENT;
	if (c->state == CREDENTIAL_LOADED) {
		*ret_value = c->value;
		*ret_len = c->len;
	}
	return c->state;
}
