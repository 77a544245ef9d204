/* Reading configuration: which files, and in which order.
 *
 * A file that cannot be read is handed on with the reason in place of its
 * text, so that one run still tells everything else; conf_load() refuses the
 * whole.  The order is that of the bytes of names, whatever the locale. */
#include "io/files.h"

#include "base/text.h"
#include "base/zone.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ZONE_MAX_BYTES = 256 * 1024 };

static int
read_all(int fd, const char *path, size_t max_bytes, char **ret_text,
	 size_t *ret_len, struct err *err)
{
	struct buf b = {0};
	char chunk[16384];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) > 0) {
		buf_add(&b, chunk, (size_t)n);
		if (b.len > max_bytes) {
			buf_free(&b);
			return err_set(err, ERR_LIMIT,
				       "%s: larger than %zu bytes", path,
				       max_bytes);
		}
	}
	if (n < 0) {
		buf_free(&b);
		return err_set_errno(err, ERR_IO, errno, "%s", path);
	}
	*ret_len = b.len;
	*ret_text = buf_steal(&b);
	return *ret_text == NULL ? err_set(err, ERR_NOMEM, "no memory") : 0;
}

int
files_read_text(const char *path, size_t max_bytes, char **ret_text,
		size_t *ret_len, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;

	if (fd < 0)
		return err_set_errno(err,
				     errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
				     errno, "%s", path);
	r = read_all(fd, path, max_bytes, ret_text, ret_len, err);
	close(fd);
	return r;
}

/* IANA names only: no absolute path and no way up. */
static int
read_zone(void *ctx, const char *name, void **ret_bytes, size_t *ret_len)
{
	char path[256], *text;

	(void)ctx;
	if (name[0] == '/' || strstr(name, "..") != NULL ||
	    strlen(name) > 128 || name[0] == '\0')
		return ERR_NOT_FOUND;
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	if (files_read_text(path, ZONE_MAX_BYTES, &text, ret_len, NULL) < 0)
		return ERR_NOT_FOUND;
	*ret_bytes = text;
	return 0;
}

int
files_load_zone(const char *name, struct zone **ret_zone, struct err *err)
{
	void *bytes;
	size_t len;
	int r;

	r = read_zone(NULL, name, &bytes, &len);
	if (r < 0)
		return err_set(err, r, "no time zone %s on this host", name);
	r = zone_parse(bytes, len, ret_zone, err);
	free(bytes);
	return r;
}

struct text_list {
	struct conf_text *at;
	size_t n, cap;
	size_t main; /* which of them is the main file */
	struct err main_err;
};

static void
free_list(struct text_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free((char *)list->at[i].path);
		free((char *)list->at[i].text);
		free((char *)list->at[i].fault);
	}
	free(list->at);
}

static struct conf_text *
next_text(struct text_list *list, const char *path, bool profile)
{
	size_t cap = list->cap == 0 ? 16 : list->cap * 2;
	struct conf_text *bigger;

	if (list->n == list->cap) {
		bigger = reallocarray(list->at, cap, sizeof(*bigger));
		if (bigger == NULL)
			return NULL;
		list->at = bigger;
		list->cap = cap;
	}
	list->at[list->n] =
	    (struct conf_text){.path = strdup(path), .profile = profile};
	return list->at[list->n].path == NULL ? NULL : &list->at[list->n++];
}

/* The words of err without the path, which the report puts before them. */
static int
add_fault(struct conf_text *t, const struct err *err, const char *hint)
{
	size_t n = strlen(t->path);
	bool named = strncmp(err->text, t->path, n) == 0 && err->text[n] == ':';

	t->fault = strdup(named ? err->text + n + 2 : err->text);
	t->hint = hint;
	return t->fault == NULL ? ERR_NOMEM : 0;
}

static const char *
hint_of(int r, const char *path)
{
	struct stat st;

	if (r == ERR_LIMIT)
		return "split it over conf.d";
	if (r == ERR_NOT_FOUND && lstat(path, &st) == 0)
		return "take out the link, which leads nowhere, or put a file "
		       "where it leads";
	if (r == ERR_NOT_FOUND)
		return "name another file";
	return "it must be a text that the user of this process may read";
}

/* Reading a pipe or a device may wait for ever, and the daemon with it. */
static int
read_conf(const char *path, char **ret_text, size_t *ret_len, struct err *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	    !S_ISDIR(st.st_mode))
		return err_set(err, ERR_IO, "%s: it is no regular file", path);
	return files_read_text(path, FILES_CONF_MAX_BYTES, ret_text, ret_len,
			       err);
}

static int
add_file(struct text_list *list, const char *path, bool profile,
	 struct err *err)
{
	struct conf_text *t = next_text(list, path, profile);
	char *text;
	int r;

	if (t == NULL)
		return ERR_NOMEM;
	r = read_conf(path, &text, &t->len, err);
	if (r == 0)
		t->text = text;
	if (r == 0 || r == ERR_NOMEM)
		return r;
	return add_fault(t, err, hint_of(r, path));
}

static int
is_conf(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return entry->d_name[0] != '.' && n > 5 &&
	       strcmp(entry->d_name + n - 5, ".conf") == 0;
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* *.conf of the folder in the order of names.  No folder is an empty one; one
 * that cannot be listed may hide what the admin wrote, and is refused. */
static int
add_folder(struct text_list *list, const char *folder, bool profile)
{
	struct dirent **found;
	char path[4096];
	struct err err;
	int n = scandir(folder, &found, is_conf, by_bytes), r = 0;

	if (n < 0 && errno == ENOENT)
		return 0;
	if (n < 0) {
		struct conf_text *t = next_text(list, folder, profile);

		err_set_errno(&err, ERR_IO, errno, "%s", folder);
		return t == NULL ? ERR_NOMEM
				 : add_fault(t, &err,
					     "it must be a folder that the "
					     "user of this process may list");
	}
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, found[i]->d_name);
		if (r == 0)
			r = add_file(list, path, profile, &err);
		free(found[i]);
	}
	free(found);
	return r;
}

static int
gather(struct text_list *list, const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[4096];
	int r = add_folder(list, DATADIR "/profiles", true);

	if (r < 0)
		return r;
	list->main = list->n;
	r = add_file(list, path, false, &list->main_err);
	if (r < 0)
		return r;
	snprintf(folder, sizeof(folder), "%.*sconf.d",
		 slash == NULL ? 0 : (int)(slash - path + 1), path);
	return add_folder(list, folder, false);
}

static int
add_copy(struct text_list *list, const struct conf_text *text)
{
	struct conf_text *t = next_text(list, text->path, false);

	if (t == NULL)
		return ERR_NOMEM;
	t->text = strndup(text->text, text->len);
	t->len = text->len;
	return t->text == NULL ? ERR_NOMEM : 0;
}

/* held_on and more are NULL where nobody asks for them. */
static int
load(const char *path, const int32_t *held_on, const struct conf_text *more,
     struct config **ret_config, struct conf_report *report, struct err *err)
{
	struct text_list list = {0};
	int r;

	*report = (struct conf_report){0};
	r = gather(&list, path);
	if (r == 0 && more != NULL)
		r = add_copy(&list, more);
	if (r == 0 && held_on != NULL)
		r = conf_check(list.at, list.n, read_zone, NULL, *held_on,
			       ret_config, report);
	else if (r == 0)
		r = conf_load(list.at, list.n, read_zone, NULL, ret_config,
			      report);
	if (r == ERR_INVALID && list.at[list.main].fault != NULL)
		r = err_set(err, list.main_err.code, "%s", list.main_err.text);
	else if (r == ERR_INVALID)
		err_set(err, r, "%s: %zu error%s", path, report->n_errors,
			TEXT_PLURAL(report->n_errors));
	else if (r < 0)
		err_set(err, r, "no memory");
	free_list(&list);
	return r;
}

int
files_load_config(const char *path, struct config **ret_config,
		  struct conf_report *report, struct err *err)
{
	return load(path, NULL, NULL, ret_config, report, err);
}

int
files_check_config(const char *path, int32_t day, const struct conf_text *more,
		   struct config **ret_config, struct conf_report *report,
		   struct err *err)
{
	return load(path, &day, more, ret_config, report, err);
}

int
files_load_effective(const char *effective, struct config **ret_config)
{
	return conf_load_effective(effective, read_zone, NULL, ret_config);
}
