/* Who may write a ledger: the user whose folder it is, and root.
 *
 * A file that another user can change proves nothing, whatever its rows say:
 * so a writer begins only where the folder and each file in it are closed to
 * the group and to others, and each file is its folder's owner's or root's.
 * A reader does not ask: it judges a copy by its signatures, and whoever made
 * the copy owns it. */
#include "ledger/inside.h"
#include "ledger/raw.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { WRITE_OF_OTHERS = 022 };

/* Judges the folder, when name is "", or a file in it. */
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

/* What is gone meanwhile, is no file, or cannot be opened is left to whoever
 * needs it. */
static int
check_file(const struct ledger *l, const char *name, uid_t owner,
	   struct err *err)
{
	struct ledger_stat st;
	int fd, r;

	fd = l->io.open_file(l->io.ctx, l->dir, name, O_RDONLY, 0);
	if (fd < 0)
		return 0;
	r = l->io.fstat(l->io.ctx, fd, &st);
	l->io.close(l->io.ctx, fd);
	return r < 0 ? raw_error(err, r, "%s/%s", l->path, name)
		     : judge(l, name, &st, owner, err);
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
	if (r < 0)
		return r;
	r = l->io.list(l->io.ctx, l->dir, &names, &n);
	if (r < 0)
		return raw_error(err, r, "%s", l->path);
	name = names;
	for (size_t i = 0; i < n && r == 0; i++, name += strlen(name) + 1)
		r = check_file(l, name, st.uid, err);
	free(names);
	return r;
}
