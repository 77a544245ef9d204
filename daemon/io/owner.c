/* Groups go first: without root they could not be given up any more. */
#include "io/owner.h"

#include <errno.h>
#include <grp.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

static int
stat_dir(const char *dir, struct stat *st, struct err *err)
{
	if (stat(dir, st) < 0)
		return err_set_errno(err,
				     errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
				     errno, "%s", dir);
	return 0;
}

int
owner_of(const char *dir, uid_t *ret_uid, struct err *err)
{
	struct stat st;
	int r = stat_dir(dir, &st, err);

	if (r == 0)
		*ret_uid = st.st_uid;
	return r;
}

int
owner_become(const char *dir, struct err *err)
{
	struct stat st;
	int r = stat_dir(dir, &st, err);

	if (r < 0 || geteuid() == st.st_uid)
		return r;
	if (geteuid() != 0)
		return err_set(err, ERR_DENIED,
			       "%s belongs to uid %ju: run as that user, or "
			       "as root",
			       dir, (uintmax_t)st.st_uid);
	if (setgroups(0, NULL) < 0 ||
	    setresgid(st.st_gid, st.st_gid, st.st_gid) < 0 ||
	    setresuid(st.st_uid, st.st_uid, st.st_uid) < 0)
		return err_set_errno(err, ERR_DENIED, errno,
				     "becoming uid %ju, the owner of %s",
				     (uintmax_t)st.st_uid, dir);
	return 0;
}
