/* The same columns in every packet and format. */
#include "report/number.h"

void
number_table(struct writer *w)
{
	static const struct column columns[] = {
	    {"quantity", "quantity", COLUMN_FLEX},
	    {"value", "value", COLUMN_RIGHT},
	    {"unit", "unit", 0},
	    {"basis", "basis", COLUMN_FLEX},
	    {"source", "source", COLUMN_FLEX},
	    {"as_of", "as of", 0},
	};

	writer_table(w, "number", columns,
		     sizeof(columns) / sizeof(columns[0]));
}

void
number_put(struct writer *w, const struct number *n)
{
	writer_text(w, n->quantity);
	if (n->known)
		writer_int(w, n->value);
	else
		writer_none(w);
	writer_text(w, n->unit);
	writer_text(w, n->basis);
	writer_text(w, n->source);
	writer_time(w, n->as_of);
}
