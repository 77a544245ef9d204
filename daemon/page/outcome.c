/* The names of outcomes, and what each outcome means for the baseline. */
#include "page/page.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum effect {
	EFFECT_NONE, /* says nothing about the page */
	EFFECT_GOOD, /* the page was read: moves the baseline */
	EFFECT_LOST  /* the page is not what it was: counts to source-lost */
};

static const struct {
	const char *name;
	enum effect effect;
} outcomes[] = {
    [PAGE_UNCHANGED] = {"unchanged", EFFECT_GOOD},
    [PAGE_CHANGED] = {"changed", EFFECT_GOOD},
    [PAGE_NEW] = {"new", EFFECT_GOOD},
    [PAGE_MOVED] = {"moved", EFFECT_LOST},
    [PAGE_GONE] = {"gone", EFFECT_LOST},
    [PAGE_BLOCKED] = {"blocked", EFFECT_LOST},
    [PAGE_NEEDS_JS] = {"needs_js", EFFECT_LOST},
    [PAGE_SUSPECT] = {"suspect", EFFECT_LOST},
    [PAGE_FILTER_MISS] = {"filter_miss", EFFECT_LOST},
    [PAGE_TRUNCATED] = {"truncated", EFFECT_NONE},
    [PAGE_ERROR] = {"error", EFFECT_NONE},
};

static const size_t n_outcomes = sizeof(outcomes) / sizeof(outcomes[0]);

const char *
page_outcome_name(enum page_outcome outcome)
{
	assert((size_t)outcome < n_outcomes);
	return outcomes[outcome].name;
}

int
page_outcome_by_name(const char *name, enum page_outcome *ret)
{
	for (size_t i = 0; i < n_outcomes; i++) {
		if (strcmp(outcomes[i].name, name) == 0) {
			*ret = (enum page_outcome)i;
			return 0;
		}
	}
	return ERR_NOT_FOUND;
}

bool
page_outcome_good(enum page_outcome outcome)
{
	assert((size_t)outcome < n_outcomes);
	return outcomes[outcome].effect == EFFECT_GOOD;
}

bool
page_outcome_lost(enum page_outcome outcome)
{
	assert((size_t)outcome < n_outcomes);
	return outcomes[outcome].effect == EFFECT_LOST;
}

void
page_text_free(struct page_text *text)
{
	free(text->title);
	free(text->text);
	*text = (struct page_text){0};
}

struct page_text
page_text_failed(int status)
{
	struct page_text text = {
	    .status = status,
	    .title = calloc(1, 1),
	    .text = calloc(1, 1),
	};

	if (text.title == NULL || text.text == NULL)
		abort();
	return text;
}
