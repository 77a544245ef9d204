/* Error codes, and an error with words for the person who must act.
 *
 * Functions return 0 or a negative enum err_code.  A function that needs words
 * takes a `struct err *` as its last parameter (NULL is allowed: the words
 * are dropped).  A documented condition stops at the caller; everything else
 * is passed up unchanged. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err_code {
	ERR_NOMEM = -1,	      /* allocation failed */
	ERR_IO = -2,	      /* a system call failed; errno was put in words */
	ERR_INVALID = -3,     /* the input breaks its format */
	ERR_NOT_FOUND = -4,   /* no such object */
	ERR_EXISTS = -5,      /* the id is taken */
	ERR_LIMIT = -6,	      /* a named limit would be exceeded */
	ERR_DAMAGED = -7,     /* durable data contradicts itself */
	ERR_BUSY = -8,	      /* somebody else holds it */
	ERR_DENIED = -9,      /* not permitted */
	ERR_FULL = -10,	      /* no room; may heal by itself */
	ERR_POISONED = -11,   /* a sync failed: the process must not go on */
	ERR_UNSUPPORTED = -12 /* a newer format or an unknown feature */
};

struct err {
	int code;
	char text[512];
};

/* Fills *err (when not NULL) and returns code, so that callers can write
 * `return err_set(err, ERR_INVALID, "...")`.  err->text may be among the
 * arguments.  Words that are too long are cut at a character boundary. */
int err_set(struct err *err, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set(), with ": " and the message of errno_value appended. */
int err_set_errno(struct err *err, int code, int errno_value, const char *fmt,
		  ...) __attribute__((format(printf, 4, 5)));

/* The stable upper-case name of a code, for logs ("ERR_LIMIT"). */
const char *err_name(int code);

#endif
