/* Notes come in any order and several times; they are kept by size.  Two
 * notes of one size are both kept: if their roots differ, that is what the
 * verification has to say. */
#include "ledger/notes.h"
#include "ledger/inside.h"
#include "ledger/raw.h"
#include "ledger/signed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct kept {
	struct checkpoint checkpoint;
	char *note; /* with a terminator */
	size_t len;
	size_t tried;	/* so many of the keys; no signature is checked twice */
	bool is_signed; /* by one of these */
	bool refused;
	bool contradicted; /* the settled rows have another root */
};

/* A row that changes the key, signed by the old one. */
struct change {
	uint64_t seq;
	struct note_key old, new;
	bool settled; /* the row is one of the settled ones */
	bool own;     /* it stands in the folder itself */
};

struct notes {
	struct note_key *keys; /* the first is LEDGER's */
	size_t n_keys;
	struct change *changes; /* by seq */
	size_t n_changes;
	struct kept *at;
	size_t n, room;
};

int
notes_new(const char *vkey, struct notes **ret_notes, struct err *err)
{
	struct notes *n = calloc(1, sizeof(*n));
	int r;

	if (n != NULL)
		n->keys = calloc(1, sizeof(*n->keys));
	if (n == NULL || n->keys == NULL) {
		notes_free(n);
		return err_set(err, ERR_NOMEM, "no memory for checkpoints");
	}
	r = note_key_parse(vkey, &n->keys[0], err);
	if (r < 0) {
		notes_free(n);
		return r;
	}
	n->n_keys = 1;
	*ret_notes = n;
	return 0;
}

void
notes_free(struct notes *n)
{
	if (n == NULL)
		return;
	for (size_t i = 0; i < n->n; i++)
		free(n->at[i].note);
	free(n->at);
	free(n->changes);
	free(n->keys);
	free(n);
}

/* Where a checkpoint of this size belongs: behind those of its size. */
static size_t
find_place(const struct notes *n, uint64_t size)
{
	size_t from = 0, to = n->n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (n->at[mid].checkpoint.size <= size)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static bool
is_kept(const struct notes *n, size_t place, const char *note, size_t len,
	uint64_t size)
{
	for (size_t i = place; i > 0; i--) {
		const struct kept *k = &n->at[i - 1];

		if (k->checkpoint.size != size)
			return false;
		if (k->len == len && memcmp(k->note, note, len) == 0)
			return true;
	}
	return false;
}

static int
insert(struct notes *n, size_t place, const struct kept *kept)
{
	if (n->n == n->room) {
		size_t room = n->room == 0 ? 16 : 2 * n->room;
		struct kept *at = reallocarray(n->at, room, sizeof(*at));

		if (at == NULL)
			return ERR_NOMEM;
		n->at = at;
		n->room = room;
	}
	memmove(&n->at[place + 1], &n->at[place],
		(n->n - place) * sizeof(n->at[0]));
	n->at[place] = *kept;
	n->n++;
	return 0;
}

/* What the note says, whoever signed it.  The text of a checkpoint has no
 * empty line. */
static bool
read_claim(const struct notes *n, const char *note, size_t len,
	   struct checkpoint *ret)
{
	const char *end = memmem(note, len, "\n\n", 2);

	return end != NULL && len <= SIGNED_LINE_MAX &&
	       checkpoint_parse(note, (size_t)(end - note) + 1, ret, NULL) ==
		   0 &&
	       ret->size > 0 && strcmp(ret->origin, n->keys[0].name) == 0;
}

int
notes_add(struct notes *n, const char *note, size_t len, struct err *err)
{
	struct kept kept = {.len = len};
	size_t place;
	int r;

	if (!read_claim(n, note, len, &kept.checkpoint))
		return 0;
	place = find_place(n, kept.checkpoint.size);
	if (is_kept(n, place, note, len, kept.checkpoint.size))
		return 0;
	kept.note = strndup(note, len);
	r = kept.note == NULL ? ERR_NOMEM : insert(n, place, &kept);
	if (r < 0) {
		free(kept.note);
		return err_set(err, r, "no memory for checkpoints");
	}
	return 0;
}

static bool
is_same_key(const struct note_key *a, const struct note_key *b)
{
	return strcmp(a->name, b->name) == 0 &&
	       memcmp(a->public_key, b->public_key, sizeof(a->public_key)) == 0;
}

static bool
is_same_change(const struct change *a, const struct change *b)
{
	return a->seq == b->seq && is_same_key(&a->old, &b->old) &&
	       is_same_key(&a->new, &b->new);
}

static int
add_change(struct notes *n, const struct row_parts *parts, bool own,
	   struct err *err)
{
	struct change change = {.seq = parts->seq, .settled = true, .own = own};
	struct change *changes;
	size_t i = n->n_changes;

	if (parts->kind_len != strlen(REKEY_KIND) ||
	    memcmp(parts->kind, REKEY_KIND, parts->kind_len) != 0 ||
	    rekey_parse(parts->body, parts->body_len, &change.old, &change.new,
			NULL) < 0)
		return 0;
	for (; i > 0 && n->changes[i - 1].seq >= change.seq; i--) {
		if (is_same_change(&n->changes[i - 1], &change)) {
			n->changes[i - 1].settled = true;
			n->changes[i - 1].own |= own;
			return 0;
		}
	}
	changes = reallocarray(n->changes, n->n_changes + 1, sizeof(*changes));
	if (changes == NULL)
		return err_set(err, ERR_NOMEM, "no memory for keys");
	n->changes = changes;
	memmove(&changes[i + 1], &changes[i],
		(n->n_changes++ - i) * sizeof(*changes));
	changes[i] = change;
	return 0;
}

int
notes_add_row(struct notes *n, const struct row_parts *parts, struct err *err)
{
	return add_change(n, parts, false, err);
}

int
notes_add_own_row(struct notes *n, const struct row_parts *parts,
		  struct err *err)
{
	return add_change(n, parts, true, err);
}

void
notes_unsettle(struct notes *n, uint64_t from)
{
	for (size_t i = 0; i < n->n_changes; i++)
		n->changes[i].settled &= n->changes[i].seq < from;
	for (size_t i = find_place(n, from); i < n->n; i++)
		n->at[i].contradicted = false;
}

void
notes_settle(struct notes *n, const struct tree *tree)
{
	size_t i = find_place(n, tree->size);
	struct digest root;

	if (i == 0 || n->at[i - 1].checkpoint.size != tree->size)
		return;
	root = tree_root(tree);
	for (; i > 0 && n->at[i - 1].checkpoint.size == tree->size; i--)
		n->at[i - 1].contradicted =
		    !digest_equal(&root, &n->at[i - 1].checkpoint.root);
}

/* The key in force among the first `size` of the settled rows. */
static const struct note_key *
key_for(const struct notes *n, uint64_t size)
{
	const struct note_key *key = &n->keys[0];

	for (size_t i = 0; i < n->n_changes && n->changes[i].seq < size; i++) {
		if (n->changes[i].settled &&
		    is_same_key(&n->changes[i].old, key))
			key = &n->changes[i].new;
	}
	return key;
}

static bool
has_key(const struct notes *n, const struct note_key *key)
{
	for (size_t i = 0; i < n->n_keys; i++) {
		if (is_same_key(&n->keys[i], key))
			return true;
	}
	return false;
}

/* Adds what a known key has handed over to; false: nothing new. */
static bool
follow_changes(struct notes *n)
{
	bool any = false;

	for (size_t i = 0; i < n->n_changes; i++) {
		const struct change *c = &n->changes[i];
		struct note_key *keys;

		if (!has_key(n, &c->old) || has_key(n, &c->new))
			continue;
		keys = reallocarray(n->keys, n->n_keys + 1, sizeof(*keys));
		if (keys == NULL)
			return false;
		n->keys = keys;
		keys[n->n_keys++] = c->new;
		any = true;
	}
	return any;
}

static bool
is_signed(const struct notes *n, struct kept *k)
{
	struct checkpoint c;

	while (!k->is_signed && k->tried < n->n_keys)
		k->is_signed =
		    checkpoint_open(k->note, k->len, &n->keys[k->tried++], &c,
				    NULL) == 0;
	return k->is_signed;
}

static bool
find_newest(struct notes *n, bool refused, struct checkpoint *ret)
{
	while (follow_changes(n))
		;
	for (size_t i = n->n; i > 0; i--) {
		struct kept *k = &n->at[i - 1];

		if ((refused || !k->refused) && is_signed(n, k)) {
			*ret = k->checkpoint;
			return true;
		}
	}
	return false;
}

bool
notes_newest_signed(struct notes *n, struct checkpoint *ret)
{
	return find_newest(n, true, ret);
}

bool
notes_newest_claim(struct notes *n, struct checkpoint *ret)
{
	return find_newest(n, false, ret);
}

void
notes_prove(struct notes *n)
{
	size_t left = 0;

	while (follow_changes(n))
		;
	for (size_t i = 0; i < n->n; i++) {
		if (is_signed(n, &n->at[i]))
			n->at[left++] = n->at[i];
		else
			free(n->at[i].note);
	}
	n->n = left;
}

bool
notes_newest(const struct notes *n, uint64_t limit, struct checkpoint *ret)
{
	size_t within = find_place(n, limit);

	if (within == 0)
		return false;
	*ret = n->at[within - 1].checkpoint;
	return true;
}

bool
notes_oldest(const struct notes *n, uint64_t from, struct checkpoint *ret)
{
	size_t before = from == 0 ? 0 : find_place(n, from - 1);

	if (before == n->n)
		return false;
	*ret = n->at[before].checkpoint;
	return true;
}

bool
notes_is_signed(const struct notes *n, const char *note, size_t len)
{
	struct checkpoint c;

	return read_claim(n, note, len, &c) &&
	       checkpoint_open(note, len, key_for(n, c.size), &c, NULL) == 0;
}

/* The same with other signatures besides ours. */
static bool
is_again(const struct checkpoint *a, const struct checkpoint *b)
{
	return a->size == b->size && digest_equal(&a->root, &b->root);
}

void
notes_judge(struct notes *n, const struct checkpoint *claim)
{
	size_t end = find_place(n, claim->size), i = end;

	for (; i > 0 && n->at[i - 1].checkpoint.size == claim->size; i--) {
		if (is_again(&n->at[i - 1].checkpoint, claim) &&
		    notes_is_signed(n, n->at[i - 1].note, n->at[i - 1].len))
			return;
	}
	while (follow_changes(n))
		;
	for (; i < end; i++) {
		struct kept *k = &n->at[i];

		k->refused |=
		    is_again(&k->checkpoint, claim) && is_signed(n, k);
	}
}

bool
notes_lost_change(struct notes *n, uint64_t *ret_seq)
{
	while (follow_changes(n))
		;
	for (size_t i = 0; i < n->n_changes; i++) {
		const struct change *c = &n->changes[i];

		if (!c->own || c->settled || !has_key(n, &c->old))
			continue;
		*ret_seq = c->seq;
		return true;
	}
	return false;
}

size_t
notes_refused(const struct notes *n)
{
	size_t found = 0;

	for (size_t i = 0; i < n->n; i++)
		found += n->at[i].refused;
	return found;
}

bool
notes_contradiction(struct notes *n, uint64_t *ret_size)
{
	while (follow_changes(n))
		;
	for (size_t i = 0; i < n->n; i++) {
		if (!n->at[i].contradicted || !is_signed(n, &n->at[i]))
			continue;
		*ret_size = n->at[i].checkpoint.size;
		return true;
	}
	return false;
}

const char *
notes_between(const struct notes *n, uint64_t above, uint64_t below, size_t i,
	      size_t *ret_len, uint64_t *ret_size)
{
	size_t at = find_place(n, above) + i;

	if (at >= n->n || n->at[at].checkpoint.size >= below)
		return NULL;
	*ret_len = n->at[at].len;
	*ret_size = n->at[at].checkpoint.size;
	return n->at[at].note;
}

/* The log has each size once. */
int
notes_put(struct notes *n, const struct ledger_io *io, int dir, uint64_t limit)
{
	size_t within = find_place(n, limit);
	const struct kept *newest;
	struct buf lines = {0};
	uint64_t seq = 0;
	int r;

	if (within == 0)
		return 0;
	for (const struct kept *k = n->at; k < n->at + within; k++) {
		if (k + 1 == n->at + within ||
		    !is_again(&k->checkpoint, &k[1].checkpoint))
			signed_line_render(&lines, k->note, k->len, seq++,
					   k->checkpoint.size);
	}
	newest = &n->at[within - 1];
	r = lines.failed
		? -ENOMEM
		: raw_put(io, dir, LEDGER_CHECKPOINTS_NAME, buf_text(&lines),
			  lines.len, LEDGER_FILE_MODE);
	if (r == 0)
		r = raw_put(io, dir, LEDGER_CHECKPOINT_NAME, newest->note,
			    newest->len, LEDGER_FILE_MODE);
	buf_free(&lines);
	return r;
}
