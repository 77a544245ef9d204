/* Who may write a ledger: the user whose folder it is.
 *
 * Root may not either: the files that it left there the owner could neither
 * read nor replace, and the next start would fail.
 *
 * A file that another user can change proves nothing, whatever its rows say:
 * so a writer begins only where the folder, each file in it and each folder
 * below are closed to the group and to others, and each is its folder's
 * owner's or root's.  The files below are not looked at, however many they
 * are: in a closed folder nobody else puts one, and a tile is proved by the
 * root that was signed, a text by its digest.
 *
 * A reader does not ask: it judges a copy by its signatures, and whoever made
 * the copy owns it. */
#include "ledger/inside.h"
#include "ledger/raw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WRITE_OF_OTHERS = 022, PATH_SIZE = 300, TEXT_FOLDER_LEN = 2 };

/* Judges the folder, when name is "", or what is in it. */
static int
judge(const struct ledger *l, const char *name, const struct ledger_stat *st,
      uid_t owner, struct err *err)
{
	const char *slash = name[0] == '\0' ? "" : "/";

	if ((st->mode & WRITE_OF_OTHERS) != 0)
		return err_set(err, ERR_DENIED,
			       "%s%s%s: mode %04o lets others change it; look "
			       "whether one did (evidencectl verify), then "
			       "chmod go-w %s%s%s",
			       l->path, slash, name, (unsigned)st->mode & 07777,
			       l->path, slash, name);
	if (st->uid != owner && st->uid != 0)
		return err_set(err, ERR_DENIED,
			       "%s%s%s belongs to uid %ju, its folder to uid "
			       "%ju; look what is in it (evidencectl verify), "
			       "then chown --reference=%s %s%s%s",
			       l->path, slash, name, (uintmax_t)st->uid,
			       (uintmax_t)owner, l->path, l->path, slash, name);
	return 0;
}

static int
say_closed(const struct ledger *l, const char *name, int e, struct err *err)
{
	return raw_error(err, e,
			 "%s/%s cannot be opened; make it its owner's again "
			 "(chown --reference=%s %s/%s; chmod u+r %s/%s)",
			 l->path, name, l->path, l->path, name, l->path, name);
}

static int check_folder(const struct ledger *l, const char *path, uid_t owner,
			struct err *err);

/* Whether a name in a folder below may be a folder's: a level of tiles, x000
 * of them, sha256, and the first two digits of a text. */
static bool
is_folder_name(const char *name)
{
	return strlen(name) <= 2 || name[0] == 'x' ||
	       strcmp(name, "sha256") == 0;
}

/* The folders in a folder. */
static int
check_below(const struct ledger *l, int dir, const char *path, uid_t owner,
	    struct err *err)
{
	char below[PATH_SIZE], *names;
	const char *name;
	size_t n;
	int r = l->io.list(l->io.ctx, dir, &names, &n);

	if (r < 0)
		return say_closed(l, path, r, err);
	name = names;
	for (size_t i = 0; i < n && r == 0; i++, name += strlen(name) + 1) {
		if (!is_folder_name(name))
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, name);
		r = check_folder(l, below, owner, err);
	}
	free(names);
	return r;
}

static int
check_folder(const struct ledger *l, const char *path, uid_t owner,
	     struct err *err)
{
	const char *name = strrchr(path, '/');
	struct ledger_stat st;
	int dir, r;

	dir = l->io.open_dir(l->io.ctx, l->dir, path);
	/* What is neither file nor folder is left to whoever needs it. */
	if (dir == -ENOENT || dir == -ENOTDIR)
		return 0;
	if (dir < 0)
		return say_closed(l, path, dir, err);
	r = l->io.fstat(l->io.ctx, dir, &st);
	r = r < 0 ? raw_error(err, r, "%s/%s", l->path, path)
		  : judge(l, path, &st, owner, err);
	if (r == 0 && (name == NULL || strlen(name + 1) != TEXT_FOLDER_LEN))
		r = check_below(l, dir, path, owner, err);
	l->io.close(l->io.ctx, dir);
	return r;
}

static int
check_name(const struct ledger *l, const char *name, uid_t owner,
	   struct err *err)
{
	struct ledger_stat st;
	int fd, r;

	fd = l->io.open_file(l->io.ctx, l->dir, name, O_RDONLY, 0);
	if (fd == -LEDGER_NOT_A_FILE)
		return check_folder(l, name, owner, err);
	if (fd < 0)
		return fd == -ENOENT ? 0 : say_closed(l, name, fd, err);
	r = l->io.fstat(l->io.ctx, fd, &st);
	l->io.close(l->io.ctx, fd);
	return r < 0 ? raw_error(err, r, "%s/%s", l->path, name)
		     : judge(l, name, &st, owner, err);
}

/* We are the owner. */
static int
check_us(const struct ledger *l, uid_t owner, struct err *err)
{
	uid_t us = l->io.uid(l->io.ctx);

	if (us == owner)
		return 0;
	return err_set(err, ERR_DENIED,
		       "%s belongs to uid %ju, and files that uid %ju left in "
		       "it would be lost to that user; write it as uid %ju, as "
		       "systemctl start evidenced does",
		       l->path, (uintmax_t)owner, (uintmax_t)us,
		       (uintmax_t)owner);
}

int
access_check(const struct ledger *l, struct err *err)
{
	struct ledger_stat st;
	char *names;
	const char *name;
	size_t n;
	int r = l->io.fstat(l->io.ctx, l->dir, &st);

	if (r < 0)
		return raw_error(err, r, "%s", l->path);
	r = judge(l, "", &st, st.uid, err);
	if (r == 0)
		r = check_us(l, st.uid, err);
	if (r < 0)
		return r;
	r = l->io.list(l->io.ctx, l->dir, &names, &n);
	if (r < 0)
		return raw_error(err, r, "%s", l->path);
	name = names;
	for (size_t i = 0; i < n && r == 0; i++, name += strlen(name) + 1)
		r = check_name(l, name, st.uid, err);
	free(names);
	return r;
}
