/* The source pages: each path has an HTML text and a Markdown twin with
 * ".md" appended; the model catalogue is a page of JSON.  A page may change
 * by itself after a number of good reads. */
#include "practice.h"

#include <stdio.h>
#include <string.h>

/* Both editions of every page, of both kinds. */
int
pages_check(const struct practice *p, struct err *err)
{
	static const char *const html[] = {".html", ".md", "-changed.html",
					   "-changed.md", NULL};
	static const char *const json[] = {".json", "-changed.json", NULL};
	char name[256];

	for (size_t i = 0; i < p->settings.n_pages; i++) {
		const char *file = p->settings.pages[i].file;
		const char *const *suffix = html;

		snprintf(name, sizeof(name), "pages/%s.json", file);
		if (fixtures_find(p->fixtures, name) != NULL)
			suffix = json;
		for (; *suffix != NULL; suffix++) {
			snprintf(name, sizeof(name), "pages/%s%s", file,
				 *suffix);
			if (fixtures_find(p->fixtures, name) == NULL)
				return err_set(err, ERR_NOT_FOUND,
					       "INDEX: no %s", name);
		}
	}
	return 0;
}

static const char *
extension_of(const struct practice *p, const struct page *page, bool twin)
{
	char name[256];

	if (twin)
		return ".md";
	snprintf(name, sizeof(name), "pages/%s.html", page->file);
	return fixtures_find(p->fixtures, name) != NULL ? ".html" : ".json";
}

/* The page at the path, with or without a slash at the end. */
static struct page *
find(const struct practice *p, const char *path, bool *ret_twin)
{
	size_t len = strlen(path);

	*ret_twin = len > 3 && strcmp(path + len - 3, ".md") == 0;
	if (*ret_twin)
		len -= 3;
	else if (len > 1 && path[len - 1] == '/')
		len--;
	for (size_t i = 0; i < p->settings.n_pages; i++) {
		struct page *page = &p->settings.pages[i];

		if (strlen(page->path) == len &&
		    memcmp(page->path, path, len) == 0)
			return page;
	}
	return NULL;
}

static bool
is_changed(const struct page *page)
{
	return page->behaviour->changed ||
	       (page->change_after > 0 && page->reads > page->change_after);
}

bool
pages_serve(struct visit *v)
{
	const struct practice *p = v->practice;
	const struct behaviour *b;
	const struct fixture *fixture;
	struct page *page;
	char name[256];
	bool twin;

	page = find(p, v->path, &twin);
	if (page == NULL)
		return false;
	b = v->detoured ? behaviour_find("healthy", AT_PAGE) : page->behaviour;
	if (b->fixture != NULL) {
		answer_fixture(v, b, b->fixture);
		return true;
	}
	page->reads++;
	snprintf(name, sizeof(name), "pages/%s%s%s", page->file,
		 is_changed(page) ? "-changed" : "",
		 extension_of(p, page, twin));
	fixture = fixtures_find(p->fixtures, name);
	if (fixture == NULL) /* the twin of a JSON page */
		return false;
	answer_fixture(v, b, name);
	return true;
}
