#include "leave.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LEDGERS_MAX = 400, PATH_SIZE = 700 };

extern char **environ;

struct leave {
	char base[200];
	char *dirs[LEDGERS_MAX];
	int n;
	size_t skip; /* length of the ledger's path on the disk */
};

struct leave *
leave_new(void)
{
	const char *tmp = getenv("TMPDIR");
	struct leave *l = calloc(1, sizeof(*l));

	assert(l != NULL);
	snprintf(l->base, sizeof(l->base), "%.150s/evidenced-ledgers-XXXXXX",
		 tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(l->base) == NULL) {
		perror(l->base);
		abort();
	}
	return l;
}

static void
copy_file(void *ctx, const char *path, mode_t mode, const void *bytes,
	  size_t len)
{
	struct leave *l = ctx;
	const char *below = path + l->skip;
	char out[PATH_SIZE];
	FILE *f;

	/* Nothing to verify in there, and one megabyte each. */
	if (strcmp(below, "/ballast") == 0)
		return;
	snprintf(out, sizeof(out), "%s%s", l->dirs[l->n], below);
	for (char *p = out + strlen(l->dirs[l->n]) + 1;
	     (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		mkdir(out, 0700);
		*p = '/';
	}
	f = fopen(out, "w");
	assert(f != NULL);
	assert(fwrite(bytes, 1, len, f) == len);
	fclose(f);
	chmod(out, mode | 0400);
}

void
leave_ledger(struct leave *l, const struct simdisk *d, const char *dir)
{
	char path[PATH_SIZE];

	assert(l->n < LEDGERS_MAX);
	snprintf(path, sizeof(path), "%s/%03d", l->base, l->n);
	mkdir(path, 0700);
	l->dirs[l->n] = strdup(path);
	assert(l->dirs[l->n] != NULL);
	l->skip = strlen(dir);
	simdisk_each(d, dir, copy_file, l);
	l->n++;
}

void
leave_each(const struct leave *l, void (*fn)(void *ctx, const char *dir),
	   void *ctx)
{
	for (int i = 0; i < l->n; i++)
		fn(ctx, l->dirs[i]);
}

static int
run_check(char *const dirs[], int n_dirs)
{
	const char *top = getenv("top_srcdir");
	char *argv[LEDGERS_MAX + 3], script[PATH_SIZE];
	int status, n = 0;
	pid_t pid;

	snprintf(script, sizeof(script), "%s/tests/ledger-check",
		 top == NULL ? "." : top);
	argv[n++] = (char[]){"python3"};
	argv[n++] = script;
	for (int i = 0; i < n_dirs; i++)
		argv[n++] = dirs[i];
	argv[n] = NULL;
	if (posix_spawnp(&pid, "python3", NULL, NULL, argv, environ) != 0) {
		fprintf(stderr, "python3 is needed to run %s\n", script);
		return -1;
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != 0)
		return -1;
	return n_dirs;
}

int
leave_judge_folder(const char *dir)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s", dir);
	return run_check((char *[]){path}, 1) == 1 ? 0 : -1;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

int
leave_judge(struct leave *l)
{
	int r = run_check(l->dirs, l->n);

	nftw(l->base, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	while (l->n > 0)
		free(l->dirs[--l->n]);
	free(l);
	return r;
}
