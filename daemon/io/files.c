/* Reading configuration: which files, and in which order. */
#include "io/files.h"

#include "base/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 512, ZONE_MAX_BYTES = 256 * 1024 };

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
	struct conf_text at[FILES_MAX];
	size_t n;
};

static void
free_list(struct text_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free((char *)list->at[i].path);
		free((char *)list->at[i].text);
	}
	free(list);
}

static int
add_file(struct text_list *list, const char *path, bool profile,
	 struct err *err)
{
	struct conf_text *t = &list->at[list->n];
	char *text;
	int r;

	if (list->n == FILES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d files", FILES_MAX);
	r = files_read_text(path, FILES_CONF_MAX_BYTES, &text, &t->len, err);
	if (r < 0)
		return r;
	t->text = text;
	t->path = strdup(path);
	t->profile = profile;
	list->n++;
	return t->path == NULL ? err_set(err, ERR_NOMEM, "no memory") : 0;
}

/* glob() sorts: the order of conf.d is that of names. */
static int
add_matching(struct text_list *list, const char *pattern, bool profile,
	     struct err *err)
{
	glob_t found;
	int r = 0;

	if (glob(pattern, 0, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; r == 0 && i < found.gl_pathc; i++)
		r = add_file(list, found.gl_pathv[i], profile, err);
	globfree(&found);
	return r;
}

static int
gather(struct text_list *list, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char pattern[4096];
	int r;

	r = add_matching(list, DATADIR "/profiles/*.conf", true, err);
	if (r == 0)
		r = add_file(list, path, false, err);
	if (r < 0)
		return r;
	snprintf(pattern, sizeof(pattern), "%.*sconf.d/*.conf",
		 slash == NULL ? 0 : (int)(slash - path + 1), path);
	return add_matching(list, pattern, false, err);
}

int
files_load_config(const char *path, struct config **ret_config,
		  struct conf_report *report, struct err *err)
{
	struct text_list *list = calloc(1, sizeof(*list));
	int r;

	*report = (struct conf_report){0};
	if (list == NULL)
		return err_set(err, ERR_NOMEM, "no memory");
	r = gather(list, path, err);
	if (r == 0)
		r = conf_load(list->at, list->n, read_zone, NULL, ret_config,
			      report);
	if (r == ERR_INVALID && report->n_errors > 0)
		err_set(err, r, "%s: %zu error%s", path, report->n_errors,
			report->n_errors == 1 ? "" : "s");
	free_list(list);
	return r;
}
