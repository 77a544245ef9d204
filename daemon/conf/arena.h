/* Memory that lives and dies as one: a configuration and all its strings.
 *
 * Failure to grow is sticky, as in base/buf: an allocation that fails
 * returns NULL and sets `failed`; the loader checks once at the end. */
#ifndef CONF_ARENA_H
#define CONF_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void); /* NULL when memory ran out */
void arena_free(struct arena *arena);

/* Zeroed, aligned for any type; never NULL unless memory ran out. */
void *arena_alloc(struct arena *arena, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t len);

/* Calls release(object) when the arena is freed: for things that others
 * allocate (cron expressions, zones).  When memory runs out the object is
 * released at once and false returned. */
bool arena_own(struct arena *arena, void (*release)(void *), void *object);

bool arena_failed(const struct arena *arena);

#endif
