/* Which way of opening is safe depends on the write-ahead log.
 *
 * None, or an empty one: whoever wrote the index has closed it, and the file
 * is whole by itself.  It is opened as immutable, which takes no locks and
 * makes no files; afterwards it must be as it was before.
 *
 * One that a process keeps open: read-only, with the locks that the process
 * and we take on the shared memory beside it.
 *
 * One that nobody keeps open: the writer was killed, or this is a copy that
 * was taken while it wrote, whose parts need not be of one moment.  It is not
 * used. */
#include "io/index_reader.h"
#include "io/index_query.h"
#include "io/index_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PATH_SIZE = 4096 + 32,
	/* the byte of the shared memory that every user of it locks */
	SHM_IN_USE = 128
};

struct index_reader {
	sqlite3 *sql;
	enum index_mode mode;
	char path[PATH_SIZE], wal[PATH_SIZE];
	struct stat before;
	struct index_meta meta;
	struct index_range range; /* of the rows that the ledger keeps */
};

static bool
wal_is_empty(const struct index_reader *x)
{
	struct stat st;

	return stat(x->wal, &st) < 0 ? errno == ENOENT : st.st_size == 0;
}

static bool
is_in_use(const char *shm)
{
	struct flock lock = {.l_type = F_WRLCK,
			     .l_whence = SEEK_SET,
			     .l_start = SHM_IN_USE,
			     .l_len = 1};
	int fd = open(shm, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool locked;

	if (fd < 0)
		return false;
	locked = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
	close(fd);
	return locked;
}

/* "file:PATH?OPTIONS", with what has a meaning in such a name escaped. */
static void
put_uri(struct buf *out, const char *path, const char *options)
{
	buf_puts(out, "file:");
	for (; *path != '\0'; path++) {
		if (strchr("?#%", *path) != NULL)
			buf_printf(out, "%%%02x", (unsigned char)*path);
		else
			buf_putc(out, *path);
	}
	buf_printf(out, "?%s", options);
}

static int
open_as(struct index_reader *x, enum index_mode mode, struct err *err)
{
	struct buf uri = {0};
	int r;

	x->mode = mode;
	put_uri(&uri, x->path,
		mode == INDEX_IMMUTABLE ? "immutable=1" : "readonly_shm=1");
	r = uri.failed ? err_set(err, ERR_NOMEM, "no memory for the index")
		       : index_sql_open(buf_text(&uri),
					SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
					&x->sql, err);
	buf_free(&uri);
	/* One view of it for all that is asked. */
	return r < 0 ? r : index_sql_run(x->sql, "BEGIN", err);
}

static int
open_index(struct index_reader *x, const char *dir, struct err *err)
{
	char shm[PATH_SIZE];

	snprintf(x->path, sizeof(x->path), "%s/" INDEX_NAME, dir);
	snprintf(x->wal, sizeof(x->wal), "%s/" INDEX_WAL_NAME, dir);
	snprintf(shm, sizeof(shm), "%s/" INDEX_SHM_NAME, dir);
	if (lstat(x->path, &x->before) < 0)
		return err_set_errno(err, ERR_NOT_FOUND, errno, "%s", x->path);
	if (!S_ISREG(x->before.st_mode))
		return err_set(err, ERR_NOT_FOUND, "%s: not a regular file",
			       x->path);
	if (wal_is_empty(x))
		return open_as(x, INDEX_IMMUTABLE, err);
	if (is_in_use(shm))
		return open_as(x, INDEX_READ_ONLY, err);
	return err_set(err, ERR_BUSY,
		       "%s: left by a process that did not end well, or "
		       "copied while it was written",
		       x->path);
}

int
index_reader_unchanged(const struct index_reader *x, struct err *err)
{
	const struct stat *before = &x->before;
	struct stat now;

	if (stat(x->path, &now) == 0 && now.st_ino == before->st_ino &&
	    now.st_dev == before->st_dev &&
	    (x->mode == INDEX_READ_ONLY ||
	     (wal_is_empty(x) && now.st_size == before->st_size &&
	      now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
	      now.st_mtim.tv_nsec == before->st_mtim.tv_nsec)))
		return 0;
	return err_set(err, ERR_BUSY, "%s changed while it was read", x->path);
}

static int
load(struct index_reader *x, struct fetch *fetch, struct err *err)
{
	int r = index_meta_read(x->sql, &x->meta, err);

	if (r == 0 && x->meta.tree.size == 0)
		r = err_set(err, ERR_NOT_FOUND, "%s: empty", x->path);
	if (r == 0)
		r = index_meta_check(&x->meta, fetch, err);
	x->range = (struct index_range){
	    .from = fetch->folder.n > 0 ? fetch->folder.firsts[0] : 0,
	    .to = x->meta.tree.size,
	    .segment_rows = (uint64_t)fetch->folder.id.segment_rows};
	return r < 0 ? r : index_reader_unchanged(x, err);
}

int
index_reader_open(const char *dir, struct fetch *fetch,
		  struct index_reader **ret_reader, struct err *err)
{
	struct index_reader *x = calloc(1, sizeof(*x));
	int r;

	if (x == NULL)
		return err_set(err, ERR_NOMEM, "no memory for the index");
	r = open_index(x, dir, err);
	if (r == 0)
		r = load(x, fetch, err);
	if (r < 0) {
		index_reader_close(x);
		return r;
	}
	*ret_reader = x;
	return 0;
}

void
index_reader_close(struct index_reader *x)
{
	if (x == NULL)
		return;
	sqlite3_close(x->sql);
	free(x);
}

sqlite3 *
index_reader_sql(struct index_reader *x)
{
	return x->sql;
}

enum index_mode
index_reader_mode(const struct index_reader *x)
{
	return x->mode;
}

uint64_t
index_reader_rows(const struct index_reader *x)
{
	return x->meta.tree.size;
}

const struct row_place *
index_reader_newest(const struct index_reader *x)
{
	return &x->meta.newest;
}

int
index_reader_find(struct index_reader *x, const struct row_filter *filter,
		  size_t most, struct row_place **ret_places, size_t *ret_n,
		  struct err *err)
{
	struct row_place *places = NULL;
	size_t n = 0;
	int r;

	r = index_query(x->sql, filter, &x->range, most, &places, &n, err);
	if (r == 0)
		r = index_reader_unchanged(x, err);
	if (r < 0) {
		free(places);
		return r;
	}
	*ret_places = places;
	*ret_n = n;
	return 0;
}

int
index_reader_place(struct index_reader *x, uint64_t seq,
		   struct row_place *ret_place, struct err *err)
{
	static const struct row_filter any;
	const struct index_range one = {seq, seq + 1, x->range.segment_rows};
	struct row_place *place = NULL;
	size_t n = 0;
	int r;

	if (seq >= x->range.to || seq < x->range.from)
		return err_set(err, ERR_NOT_FOUND, "%s: no such row", x->path);
	r = index_query(x->sql, &any, &one, 1, &place, &n, err);
	if (r == 0)
		r = index_reader_unchanged(x, err);
	if (r == 0 && n == 0)
		r = err_set(err, ERR_DAMAGED, "%s: a row is missing", x->path);
	if (r == 0)
		*ret_place = *place;
	free(place);
	return r;
}
