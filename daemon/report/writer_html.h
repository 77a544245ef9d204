/* How cells become HTML: private to the writer and to pages made with it. */
#ifndef REPORT_WRITER_HTML_H
#define REPORT_WRITER_HTML_H

#include "report/writer.h"

/* Text as text, also inside of quoted attributes. */
void html_escape(struct buf *out, const char *text);

void html_table(struct writer *w);
/* Ends the section before it and opens another. */
void html_heading(struct writer *w, const char *text);
/* `item`: one of a list. */
void html_paragraph(struct writer *w, bool item, const char *text);

#endif
