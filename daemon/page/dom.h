/* An HTML document as gumbo's tree, within a limit of memory. */
#ifndef PAGE_DOM_H
#define PAGE_DOM_H

#include <gumbo.h>
#include <stddef.h>

struct dom_chunk;

struct dom {
	const GumboNode *root;
	struct dom_chunk *chunks; /* private: all memory of the tree */
};

/* The tree points into html, which must outlive it.  ERR_LIMIT when it would
 * take more than max_bytes; then there is nothing to free. */
int dom_parse(const char *html, size_t len, size_t max_bytes,
	      struct dom *ret_dom);
void dom_free(struct dom *dom);

/* The node behind `node` in document order within `root`, without those
 * below it if `skip`; NULL at the end.  For every element that is left on
 * the way, leave(arg, element) is called. */
const GumboNode *dom_next(const GumboNode *root, const GumboNode *node,
			  bool skip,
			  void (*leave)(void *arg, const GumboNode *node),
			  void *arg);

#endif
