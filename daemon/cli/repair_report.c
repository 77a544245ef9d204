#include "cli/repair_report.h"

#include <inttypes.h>
#include <stdio.h>

static void
report_gone(struct writer *w, const struct repair_result *result)
{
	const struct repair_gone *gone = &result->gone;
	char text[400], rows[LOG_GAP_WORDS];

	if (gone->from == 0)
		return;
	log_gap_words(&gone->rows, rows);
	if (gone->to == UINT64_MAX)
		snprintf(text, sizeof(text),
			 "Of checkpoints.jsonl the lines from %" PRIu64
			 " on are nowhere: %s. %s the next start tells of the "
			 "loss in a row.",
			 gone->from, rows,
			 result->log_put ? "The file ends before them now, and "
					   "as it was it is in quarantine/;"
					 : "The file is as it was;");
	else
		snprintf(text, sizeof(text),
			 "Of checkpoints.jsonl the lines %" PRIu64
			 " to %" PRIu64
			 " are nowhere: %s. The file is as it was; name a copy "
			 "with --backup, or a journal that has them with "
			 "--directory.",
			 gone->from, gone->to, rows);
	writer_paragraph(w, "", text);
}

/* The same for programs, with the rows that they told of. */
static void
list_gone(struct writer *w, const struct repair_gone *gone)
{
	static const struct column columns[] = {{"from_line", "", 0},
						{"to_line", "", 0},
						{"from_seq", "", 0},
						{"to_seq", "", 0}};

	if (gone->from == 0 || w->format != WRITER_JSON)
		return;
	writer_card(w, "lost_checkpoints", columns, 4);
	writer_int(w, (int64_t)gone->from);
	if (gone->to == UINT64_MAX)
		writer_none(w);
	else
		writer_int(w, (int64_t)gone->to);
	writer_int(w, (int64_t)gone->rows.from);
	writer_int(w, (int64_t)gone->rows.to - 1);
	writer_close(w);
}

static void
report_secret(struct writer *w, const struct repair_result *result)
{
	char text[sizeof(result->secret_err.text) + 40];

	if (result->secret_bad) {
		snprintf(text, sizeof(text), "The daemon cannot be started: %s",
			 result->secret_err.text);
		writer_paragraph(w, "", text);
	}
	if (result->secret_copied)
		writer_paragraph(w, "",
				 "The file secret was missing, and that of the "
				 "copy was taken.");
	else if (result->secret_put)
		writer_paragraph(w, "",
				 "The file secret was missing, and a new one "
				 "was made: digests of responses and "
				 "fingerprints of credentials from before "
				 "cannot be recomputed. Where a backup has the "
				 "old one, put it over the new one before the "
				 "daemon starts.");
}

/* The files beside the segments. */
static void
report_files(struct writer *w, const struct repair_result *result)
{
	if (result->kept > 0)
		writer_paragraph(w, "",
				 "kept.jsonl was made anew: row 0, and the "
				 "changes of the key among the rows that were "
				 "pruned.");
	if (result->tiles > 0)
		writer_paragraph(w, "",
				 "The tiles of rows that were pruned, as they "
				 "were, are in quarantine/.");
	if (result->segments > 0)
		writer_paragraph(w, "",
				 "The segments as they were are in "
				 "quarantine/.");
	if (result->log_put && result->gone.from == 0)
		writer_paragraph(w, "",
				 "checkpoints.jsonl is whole again; as it was "
				 "it is in quarantine/.");
	if (result->shown_put)
		writer_paragraph(w, "",
				 "The file checkpoint was made anew out of "
				 "the last line of checkpoints.jsonl.");
	if (result->refused > 0)
		writer_paragraph(w, "",
				 "Checkpoints that another key signed than the "
				 "one in force at their size say nothing, and "
				 "were not taken.");
	report_gone(w, result);
	report_secret(w, result);
}

void
repair_report(struct session *s, const char *dir,
	      const struct repair_result *result)
{
	static const struct column columns[] = {
	    {"dir", "ledger", 0},
	    {"rows", "rows", 0},
	    {"segments", "segments put together", 0},
	    {"restored", "rows brought back", 0},
	    {"replaced_seq", "replaced from row", 0},
	    {"tiles", "tiles put right", 0},
	    {"checkpoints", "checkpoints brought back", 0},
	    {"not_taken", "checkpoints not taken", 0},
	};

	writer_card(&s->writer, "repaired", columns, 8);
	writer_text(&s->writer, dir);
	writer_int(&s->writer, (int64_t)result->rows);
	writer_int(&s->writer, (int64_t)result->segments);
	writer_int(&s->writer, (int64_t)result->restored);
	if (result->replaced == 0)
		writer_none(&s->writer);
	else
		writer_int(&s->writer, (int64_t)result->replaced);
	writer_int(&s->writer, (int64_t)result->tiles);
	writer_int(&s->writer, (int64_t)result->lines);
	writer_int(&s->writer, (int64_t)result->refused);
	writer_close(&s->writer);
	list_gone(&s->writer, &result->gone);
	report_files(&s->writer, result);
}

void
repair_report_end(struct session *s, bool relabelled,
		  const struct repair_result *result)
{
	bool files = relabelled || result->kept > 0 || result->tiles > 0 ||
		     result->log_put || result->shown_put || result->secret_put;

	if (result->secret_bad)
		return;
	if (result->segments > 0)
		writer_paragraph(&s->writer, "", "The daemon can be started.");
	else if (files)
		writer_paragraph(&s->writer, "",
				 "No row was damaged; the daemon can be "
				 "started.");
	else
		writer_paragraph(&s->writer, "",
				 "Nothing was damaged, and nothing changed.");
}
