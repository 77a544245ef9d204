/* How cells become lines of text: private to the writer. */
#ifndef REPORT_WRITER_LAYOUT_H
#define REPORT_WRITER_LAYOUT_H

#include "report/writer.h"

void layout_table(struct writer *w);
void layout_card(struct writer *w, const struct cell *row);

#endif
