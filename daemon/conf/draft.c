/* A draft is written by the schema's own rows: what is a string there gets
 * quotes, what is a list brackets.  Nothing else is known here of a key, so
 * that a new one can be written as soon as it can be read. */
#include "conf/draft.h"

#include "conf/loader.h"

#include <assert.h>
#include <string.h>

static const struct schema_section *
workloads(void)
{
	const struct schema_section *section = schema_sections[LIST_WORKLOADS];

	assert(section->n_keys <= DRAFT_KEYS_MAX);
	return section;
}

int
draft_key(const char *name, struct err *err)
{
	const struct schema_section *section = workloads();
	const struct schema_key *key = schema_find(section, name);
	const char *near = schema_suggest(section, name);

	if (key != NULL)
		return (int)(key - section->keys);
	if (near != NULL)
		return err_set(err, ERR_NOT_FOUND,
			       "%s is no key of a workload; did you mean %s?",
			       name, near);
	return err_set(err, ERR_NOT_FOUND,
		       "%s is no key of a workload; see evidenced.conf(5)",
		       name);
}

static int
put_string(const char *text, size_t len, struct buf *out)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return ERR_INVALID;
		if (text[i] == '"' || text[i] == '\\')
			buf_putc(out, '\\');
		buf_putc(out, text[i]);
	}
	buf_putc(out, '"');
	return 0;
}

/* A list is written with commas or semicolons between its items. */
static int
put_list(const char *text, struct buf *out)
{
	const char *gap = "[ ";
	int r = 0;

	while (r == 0 && *text != '\0') {
		size_t len = strcspn(text, ",;"), end = len;

		while (end > 0 && text[end - 1] == ' ')
			end--;
		if (end > 0) {
			buf_puts(out, gap);
			r = put_string(text, end, out);
			gap = ", ";
		}
		text += len;
		text += strspn(text, ",; ");
	}
	buf_puts(out, gap[0] == '[' ? "[ ]" : " ]");
	return r;
}

/* What put_string() does not take. */
static const char *
unwritable(const char *text)
{
	return strpbrk(text, "\r\n") != NULL
		   ? "a line break; a value is written in one line"
		   : "a control character";
}

static int
put_value(const struct schema_key *key, const char *text, struct buf *out,
	  struct err *err)
{
	int r = 0;

	if (schema_is_list(key))
		r = put_list(text, out);
	else if (schema_is_string(key->type))
		r = put_string(text, strlen(text), out);
	else if (strspn(text, "0123456789") == strlen(text) ||
		 strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		buf_puts(out, text);
	else
		return err_set(err, ERR_INVALID, "%s is expected, not %s",
			       value_type_name(key->type), text);
	return r == 0 ? 0 : err_set(err, r, "%s", unwritable(text));
}

int
draft_judge(int key, const char *text, struct err *err)
{
	struct buf out = {0};
	int r = text[0] == '\0'
		    ? 0
		    : put_value(&workloads()->keys[key], text, &out, err);

	buf_free(&out);
	return r;
}

static int
put_draft(const struct draft *draft, struct buf *out, struct err *err)
{
	const struct schema_section *section = workloads();
	int r = 0;

	buf_puts(out, "  { ");
	for (size_t i = 0; r == 0 && i < section->n_keys; i++) {
		if (draft->value[i] == NULL || draft->value[i][0] == '\0')
			continue;
		buf_printf(out, "%s = ", section->keys[i].name);
		r = put_value(&section->keys[i], draft->value[i], out, err);
		if (r < 0 && err != NULL)
			err_set(err, r, "%s: %s", section->keys[i].name,
				err->text);
		buf_puts(out, "; ");
	}
	buf_putc(out, '}');
	return r;
}

int
draft_write(const char *by, const struct draft *drafts, size_t n,
	    struct buf *out, size_t *ret_bad, struct err *err)
{
	buf_printf(out, "# Written by evidencectl %s.\nworkloads = (\n", by);
	for (size_t i = 0; i < n; i++) {
		int r = put_draft(&drafts[i], out, err);

		if (r < 0) {
			*ret_bad = i;
			return r;
		}
		buf_puts(out, i + 1 < n ? ",\n" : "\n");
	}
	buf_puts(out, ");\n");
	return out->failed ? err_set(err, ERR_NOMEM, "no memory") : 0;
}

size_t
draft_templates(const struct config *config, const char **names, size_t size)
{
	const struct schema_section *section = schema_sections[LIST_TEMPLATES];
	size_t n = 0;

	for (size_t i = 0; i < config->objects->n && n < size; i++) {
		const struct conf_object *object = &config->objects->at[i];

		if (object->section == section)
			names[n++] =
			    object->path.text + strlen(section->name) + 1;
	}
	return n;
}

const struct origin *
draft_template_origin(const struct config *config, const char *name)
{
	const struct schema_section *section = schema_sections[LIST_TEMPLATES];

	for (size_t i = 0; i < config->objects->n; i++) {
		const struct conf_object *object = &config->objects->at[i];

		if (object->section == section &&
		    strcmp(object->path.text + strlen(section->name) + 1,
			   name) == 0)
			return &object->origin;
	}
	return NULL;
}
