/* The visible text of an HTML page, one block element per line.
 *
 * Only text counts: attributes, scripts, styles and comments never do, so
 * nonces, build ids and asset names make no change.  Navigation and footer
 * are dropped, and where the page marks a main part that holds at least half
 * of its text, only that part is read.  A row of a table is one line, its
 * cells separated by " | "; inside a cell blocks are only white space, unless
 * the cell holds another table, whose rows are lines of their own.
 *
 * The tree is walked without recursion: its depth is the page's choice. */
#include "page/dom.h"
#include "page/extract.h"

#include <string.h>
#include <strings.h>

enum part {
	PART_INLINE, /* 0: what is not listed, unknown elements too */
	PART_BLOCK,
	PART_BREAK,
	PART_SKIP, /* not visible, or not content */
	PART_SCRIPT,
	PART_TITLE,
	PART_PRE,
	PART_TABLE,
	PART_ROW,
	PART_CELL
};

static const unsigned char parts[GUMBO_TAG_LAST + 1] = {
    [GUMBO_TAG_SCRIPT] = PART_SCRIPT,	 [GUMBO_TAG_TITLE] = PART_TITLE,

    [GUMBO_TAG_STYLE] = PART_SKIP,	 [GUMBO_TAG_NOSCRIPT] = PART_SKIP,
    [GUMBO_TAG_TEMPLATE] = PART_SKIP,	 [GUMBO_TAG_SVG] = PART_SKIP,
    [GUMBO_TAG_IFRAME] = PART_SKIP,	 [GUMBO_TAG_NOFRAMES] = PART_SKIP,
    [GUMBO_TAG_NOEMBED] = PART_SKIP,	 [GUMBO_TAG_CANVAS] = PART_SKIP,
    [GUMBO_TAG_OBJECT] = PART_SKIP,	 [GUMBO_TAG_APPLET] = PART_SKIP,
    [GUMBO_TAG_AUDIO] = PART_SKIP,	 [GUMBO_TAG_VIDEO] = PART_SKIP,
    [GUMBO_TAG_DATALIST] = PART_SKIP,	 [GUMBO_TAG_NAV] = PART_SKIP,
    [GUMBO_TAG_FOOTER] = PART_SKIP,

    [GUMBO_TAG_BR] = PART_BREAK,	 [GUMBO_TAG_HR] = PART_BREAK,

    [GUMBO_TAG_PRE] = PART_PRE,		 [GUMBO_TAG_LISTING] = PART_PRE,
    [GUMBO_TAG_PLAINTEXT] = PART_PRE,	 [GUMBO_TAG_TEXTAREA] = PART_PRE,
    [GUMBO_TAG_XMP] = PART_PRE,

    [GUMBO_TAG_TABLE] = PART_TABLE,	 [GUMBO_TAG_TR] = PART_ROW,
    [GUMBO_TAG_TD] = PART_CELL,		 [GUMBO_TAG_TH] = PART_CELL,

    [GUMBO_TAG_BODY] = PART_BLOCK,	 [GUMBO_TAG_ARTICLE] = PART_BLOCK,
    [GUMBO_TAG_SECTION] = PART_BLOCK,	 [GUMBO_TAG_ASIDE] = PART_BLOCK,
    [GUMBO_TAG_H1] = PART_BLOCK,	 [GUMBO_TAG_H2] = PART_BLOCK,
    [GUMBO_TAG_H3] = PART_BLOCK,	 [GUMBO_TAG_H4] = PART_BLOCK,
    [GUMBO_TAG_H5] = PART_BLOCK,	 [GUMBO_TAG_H6] = PART_BLOCK,
    [GUMBO_TAG_HGROUP] = PART_BLOCK,	 [GUMBO_TAG_HEADER] = PART_BLOCK,
    [GUMBO_TAG_ADDRESS] = PART_BLOCK,	 [GUMBO_TAG_P] = PART_BLOCK,
    [GUMBO_TAG_BLOCKQUOTE] = PART_BLOCK, [GUMBO_TAG_OL] = PART_BLOCK,
    [GUMBO_TAG_UL] = PART_BLOCK,	 [GUMBO_TAG_DIR] = PART_BLOCK,
    [GUMBO_TAG_MENU] = PART_BLOCK,	 [GUMBO_TAG_LI] = PART_BLOCK,
    [GUMBO_TAG_DL] = PART_BLOCK,	 [GUMBO_TAG_DT] = PART_BLOCK,
    [GUMBO_TAG_DD] = PART_BLOCK,	 [GUMBO_TAG_FIGURE] = PART_BLOCK,
    [GUMBO_TAG_FIGCAPTION] = PART_BLOCK, [GUMBO_TAG_MAIN] = PART_BLOCK,
    [GUMBO_TAG_DIV] = PART_BLOCK,	 [GUMBO_TAG_CENTER] = PART_BLOCK,
    [GUMBO_TAG_CAPTION] = PART_BLOCK,	 [GUMBO_TAG_FORM] = PART_BLOCK,
    [GUMBO_TAG_FIELDSET] = PART_BLOCK,	 [GUMBO_TAG_LEGEND] = PART_BLOCK,
    [GUMBO_TAG_SELECT] = PART_BLOCK,	 [GUMBO_TAG_OPTGROUP] = PART_BLOCK,
    [GUMBO_TAG_OPTION] = PART_BLOCK,	 [GUMBO_TAG_DETAILS] = PART_BLOCK,
    [GUMBO_TAG_SUMMARY] = PART_BLOCK,
};

/* The tree with its nodes may take so much; a page of 10 MB takes 140. */
static const size_t DOM_BYTES_MAX = (size_t)256 * 1024 * 1024;

/* Much markup and hardly any text: the page is made by scripts.  Below SURE
 * no text is enough for a page of that size; below DOUBT it must at least be
 * a twentieth of it. */
enum {
	JS_HTML_BYTES = 10 * 1000,
	JS_TEXT_SURE_BYTES = 200,
	JS_TEXT_DOUBT_BYTES = 1000,
	JS_TEXT_SHARE = 20
};

struct walk {
	struct extract *out;
	struct buf outer; /* per open table: was it inside a cell? */
	bool in_cell;	  /* a block is white space here */
	size_t cells;	  /* of the current row so far */
	size_t pre;	  /* open elements whose line ends count */
	bool has_script;
	const GumboNode *main;	  /* the first one */
	const GumboNode *article; /* the first one */
	size_t articles;
};

static bool
is_element(const GumboNode *node)
{
	return node->type == GUMBO_NODE_ELEMENT ||
	       node->type == GUMBO_NODE_TEMPLATE;
}

/* By name, because older gumbos have no tag for it. */
static bool
is_dialog(const GumboElement *element)
{
	static const char start[] = "<dialog";
	const size_t len = sizeof(start) - 1;
	const GumboStringPiece *tag = &element->original_tag;

	return tag->length > len && strncasecmp(tag->data, start, len) == 0 &&
	       strchr(" \t\n\f\r/>", tag->data[len]) != NULL;
}

static enum part
part_of(const GumboNode *node)
{
	const GumboElement *element = &node->v.element;

	if (!is_element(node))
		return PART_INLINE;
	return is_dialog(element) ? PART_SKIP : (enum part)parts[element->tag];
}

static void
break_line(struct walk *w)
{
	if (w->in_cell)
		lines_space(&w->out->lines);
	else
		lines_break(&w->out->lines);
}

/* Inside <pre> line ends are lines. */
static void
add_text(struct walk *w, const char *text)
{
	const char *lf;

	while (w->pre > 0 && (lf = strchr(text, '\n')) != NULL) {
		lines_add(&w->out->lines, text, (size_t)(lf - text));
		break_line(w);
		text = lf + 1;
	}
	lines_add(&w->out->lines, text, strlen(text));
}

static void
enter_table(struct walk *w)
{
	lines_break(&w->out->lines);
	buf_putc(&w->outer, w->in_cell);
	w->in_cell = false;
	w->cells = 0;
}

static void
leave_table(struct walk *w)
{
	lines_break(&w->out->lines);
	w->in_cell = w->outer.data[--w->outer.len];
	w->cells = w->in_cell; /* the cell that goes on is not the last */
}

static void
enter_cell(struct walk *w)
{
	if (w->cells++ > 0)
		lines_cell(&w->out->lines);
	w->in_cell = true;
}

static void
take_title(struct walk *w, const GumboNode *node)
{
	const GumboVector *children = &node->v.element.children;

	if (w->out->title.len > 0)
		return;
	for (unsigned int i = 0; i < children->length; i++) {
		const GumboNode *child = children->data[i];

		if (child->type == GUMBO_NODE_TEXT)
			buf_puts(&w->out->title, child->v.text.text);
	}
}

/* False when what is below is not to be read. */
static bool
enter_element(struct walk *w, const GumboNode *node)
{
	switch (part_of(node)) {
	case PART_SCRIPT:
		w->has_script = true;
		return false;
	case PART_TITLE:
		take_title(w, node);
		return false;
	case PART_SKIP:
		return false;
	case PART_PRE:
		w->pre++;
		break_line(w);
		return true;
	case PART_TABLE:
		enter_table(w);
		return true;
	case PART_CELL:
		enter_cell(w);
		return true;
	case PART_ROW:
		lines_break(&w->out->lines);
		w->cells = 0;
		return true;
	case PART_BLOCK:
	case PART_BREAK:
		break_line(w);
		return true;
	default:
		return true;
	}
}

static void
leave_element(void *arg, const GumboNode *node)
{
	struct walk *w = arg;

	switch (part_of(node)) {
	case PART_PRE:
		w->pre--;
		break_line(w);
		break;
	case PART_TABLE:
		leave_table(w);
		break;
	case PART_CELL:
		w->in_cell = false;
		break;
	case PART_ROW:
		lines_break(&w->out->lines);
		break;
	case PART_BLOCK:
		break_line(w);
		break;
	default:
		break;
	}
}

/* Elements that mark the main part of the page. */
static void
note_main(struct walk *w, const GumboNode *node)
{
	const GumboAttribute *role =
	    gumbo_get_attribute(&node->v.element.attributes, "role");

	if (w->main == NULL &&
	    (node->v.element.tag == GUMBO_TAG_MAIN ||
	     (role != NULL && strcasecmp(role->value, "main") == 0)))
		w->main = node;
	if (node->v.element.tag == GUMBO_TAG_ARTICLE && w->articles++ == 0)
		w->article = node;
}

/* True when what is below the node is not to be read. */
static bool
visit(struct walk *w, const GumboNode *node)
{
	switch (node->type) {
	case GUMBO_NODE_TEXT:
	case GUMBO_NODE_CDATA:
	case GUMBO_NODE_WHITESPACE:
		add_text(w, node->v.text.text);
		return false;
	case GUMBO_NODE_ELEMENT:
	case GUMBO_NODE_TEMPLATE:
		note_main(w, node);
		return !enter_element(w, node);
	default:
		return false;
	}
}

/* Every element that is entered is left, so that counts stay in balance:
 * leave_element() of a skipped one does nothing. */
static void
walk(struct walk *w, const GumboNode *root)
{
	const GumboNode *node = root;

	while (node != NULL && !w->outer.failed) {
		bool skip = visit(w, node);

		node = dom_next(root, node, skip, leave_element, w);
	}
	lines_break(&w->out->lines);
	if (w->outer.failed)
		w->out->lines.overflow = true;
	buf_free(&w->outer);
}

/* Reads only the marked part, if it holds half of the text. */
static void
prefer_main(const struct walk *whole, struct extract *out)
{
	const GumboNode *part = whole->main;
	struct extract only = {.lines = {.max = out->lines.max}};
	struct walk w = {.out = &only};

	if (part == NULL && whole->articles == 1)
		part = whole->article;
	if (part == NULL)
		return;
	walk(&w, part);
	if (!only.lines.overflow && !only.lines.text.failed &&
	    only.lines.text.len >= out->lines.text.len / 2) {
		lines_free(&out->lines);
		out->lines = only.lines;
	} else {
		lines_free(&only.lines);
	}
	buf_free(&only.title);
}

static bool
is_made_by_scripts(const struct walk *w, size_t html_len)
{
	size_t len = w->out->lines.text.len;

	if (!w->has_script)
		return false;
	if (len == 0)
		return true;
	return html_len >= JS_HTML_BYTES &&
	       (len < JS_TEXT_SURE_BYTES ||
		(len < JS_TEXT_DOUBT_BYTES && len < html_len / JS_TEXT_SHARE));
}

int
page_extract_html(const char *body, size_t len, struct extract *out)
{
	struct walk w = {.out = out};
	struct dom dom;
	int r = dom_parse(body, len, DOM_BYTES_MAX, &dom);

	if (r < 0)
		return r;
	walk(&w, dom.root);
	out->needs_js = is_made_by_scripts(&w, len);
	prefer_main(&w, out);
	dom_free(&dom);
	return 0;
}
