/* The effective configuration as libconfig text.  Templates and defaults are
 * in it as what they made of each workload, so it loads alone, without the
 * profile files, and to the same digest.  Sources that gateways bring would
 * be brought again: they stand in it as comments. */
#include "conf/load.h"
#include "conf/loader.h"
#include "conf/store.h"

#include <string.h>

enum { INDENT = 2 };

struct dump {
	enum conf_dump mode;
	struct buf *out;
	bool comment; /* every line starts with '#' */
};

static void
begin_line(const struct dump *d, int depth)
{
	if (d->comment)
		buf_puts(d->out, "# ");
	buf_printf(d->out, "%*s", depth * INDENT, "");
}

static void
end_line(const struct dump *d, const struct origin *origin)
{
	if (d->mode == CONF_DUMP_ORIGIN && origin != NULL) {
		if (origin->line > 0)
			buf_printf(d->out, "\t# %s:%d", origin->file,
				   origin->line);
		else
			buf_puts(d->out, "\t# default");
	}
	buf_putc(d->out, '\n');
}

static void dump_keys(const struct dump *d, int depth,
		      const struct schema_section *section, const void *base,
		      const struct origin *origins);

static bool
is_default(const struct schema_key *key, const char *text)
{
	struct buf fallback = {0};
	bool same;

	store_default_text(key, &fallback);
	same = strcmp(buf_text(&fallback), text) == 0;
	buf_free(&fallback);
	return same;
}

static void
dump_scalar(const struct dump *d, int depth, const struct schema_key *key,
	    const void *base, const struct origin *origin)
{
	struct buf text = {0};
	bool skip;

	store_text(key, base, &text);
	d->out->failed |= text.failed;
	/* within a group of its own there is no origin to go by */
	skip = d->mode == CONF_DUMP_CHANGED && !(key->flags & KEY_REQUIRED) &&
	       (text.len == 0 || is_default(key, buf_text(&text)) ||
		(origin != NULL && origin->line == 0));
	if (!skip && text.len > 0) {
		begin_line(d, depth);
		buf_printf(d->out, "%s = %s;", key->name, buf_text(&text));
		end_line(d, origin);
	} else if (!skip) {
		begin_line(d, depth);
		buf_printf(d->out, "%s%s is not set%s%s",
			   d->comment ? "" : "# ", key->name,
			   key->otherwise == NULL ? "" : ": ",
			   key->otherwise == NULL ? "" : key->otherwise);
		end_line(d, NULL);
	}
	buf_free(&text);
}

static void
dump_groups(const struct dump *d, int depth, const struct schema_key *key,
	    const void *base, const struct origin *origin)
{
	size_t n;
	const char *at = store_get_groups(key, base, &n);

	if (n == 0)
		return;
	begin_line(d, depth);
	buf_printf(d->out, "%s = (", key->name);
	end_line(d, origin);
	for (size_t i = 0; i < n; i++) {
		begin_line(d, depth + 1);
		buf_puts(d->out, "{\n");
		dump_keys(d, depth + 2, key->group, at + i * key->group->size,
			  NULL);
		begin_line(d, depth + 1);
		buf_puts(d->out, i + 1 < n ? "},\n" : "}\n");
	}
	begin_line(d, depth);
	buf_puts(d->out, ");\n");
}

static void
dump_group(const struct dump *d, int depth, const struct schema_key *key,
	   const void *base, const struct origin *origin)
{
	if (!store_present(key->group, base) ||
	    (d->mode == CONF_DUMP_CHANGED && origin != NULL &&
	     origin->line == 0))
		return;
	begin_line(d, depth);
	buf_printf(d->out, "%s = {", key->name);
	end_line(d, origin);
	dump_keys(d, depth + 1, key->group, base, NULL);
	begin_line(d, depth);
	buf_puts(d->out, "};\n");
}

static void
dump_keys(const struct dump *d, int depth, const struct schema_section *section,
	  const void *base, const struct origin *origins)
{
	for (size_t i = 0; i < section->n_keys; i++) {
		const struct schema_key *key = &section->keys[i];
		const struct origin *origin =
		    origins == NULL ? NULL : &origins[i];

		if (!schema_has(section, key) || key->offset == SCHEMA_NOWHERE)
			continue;
		if (key->type == SCHEMA_GROUP)
			dump_group(d, depth, key, base, origin);
		else if (key->type == SCHEMA_GROUPS)
			dump_groups(d, depth, key, base, origin);
		else
			dump_scalar(d, depth, key, base, origin);
	}
}

static void
dump_single(const struct dump *d, const struct conf_object *object)
{
	struct buf body = {0};
	struct dump inner = {d->mode, &body, false};

	dump_keys(&inner, 1, object->section, object->value, object->origins);
	d->out->failed |= body.failed;
	if (body.len > 0)
		buf_printf(d->out, "%s = {\n%s};\n", object->section->name,
			   buf_text(&body));
	buf_free(&body);
}

static void
dump_object(const struct dump *d, const struct conf_object *object, bool last)
{
	begin_line(d, 1);
	buf_putc(d->out, '{');
	end_line(d, &object->origin);
	dump_keys(d, 2, object->section, object->value, object->origins);
	begin_line(d, 1);
	buf_puts(d->out, last ? "}\n" : "},\n");
}

/* CHANGED leaves out what comes with the package. */
static bool
is_wanted(const struct dump *d, const struct conf_object *object)
{
	return object->value != NULL && !object->brought &&
	       !(d->mode == CONF_DUMP_CHANGED && object->shipped);
}

static void
dump_list(const struct dump *d, const struct conf_object *objects, size_t n)
{
	struct dump quiet = {d->mode, d->out, true};
	size_t wanted = 0;

	for (size_t i = 0; i < n; i++)
		wanted += is_wanted(d, &objects[i]);
	if (wanted > 0) {
		buf_printf(d->out, "%s = (\n", objects[0].section->name);
		for (size_t i = 0; i < n; i++) {
			if (is_wanted(d, &objects[i]))
				dump_object(d, &objects[i], --wanted == 0);
		}
		buf_puts(d->out, ");\n");
	}
	for (size_t i = 0; i < n; i++) {
		if (!objects[i].brought || d->mode == CONF_DUMP_CHANGED)
			continue;
		buf_puts(d->out, "# a source that a gateway brings:\n");
		dump_object(&quiet, &objects[i], true);
	}
}

void
conf_dump(const struct config *config, enum conf_dump mode, struct buf *out)
{
	const struct conf_objects *all = config->objects;
	struct dump d = {mode, out, false};
	size_t i = 0, n;

	while (i < all->n) {
		const struct schema_section *section = all->at[i].section;

		if (!section->list) {
			dump_single(&d, &all->at[i++]);
			continue;
		}
		for (n = 1;
		     i + n < all->n && all->at[i + n].section == section;)
			n++;
		dump_list(&d, all->at + i, n);
		i += n;
	}
}
