/* Credentials out of a folder, as systemd leaves them there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/load.h"
#include "io/credentials.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define TEXT(s)	     s, sizeof(s) - 1

static const struct {
	const char *file;
	const char *content;
	size_t len;
	const char *name;
	enum credential_state state;
	const char *value;
} files[] = {
    {"plain", TEXT("sk-plain-0001\n"), "plain", CREDENTIAL_LOADED,
     "sk-plain-0001"},
    {"evidenced_folder", TEXT("sk-folder-0002"), "folder", CREDENTIAL_LOADED,
     "sk-folder-0002"},
    {"crlf", TEXT("sk-crlf-0003\r\n\n"), "crlf", CREDENTIAL_LOADED,
     "sk-crlf-0003"},
    {"spaces", TEXT(" sk space 4 "), "spaces", CREDENTIAL_LOADED,
     " sk space 4 "},
    {"eight", TEXT("12345678"), "eight", CREDENTIAL_LOADED, "12345678"},
    {"seven", TEXT("1234567\n"), "seven", CREDENTIAL_PLACEHOLDER, NULL},
    {"empty", TEXT(""), "empty", CREDENTIAL_PLACEHOLDER, NULL},
    {"newline", TEXT("\n\n"), "newline", CREDENTIAL_PLACEHOLDER, NULL},
    {"shipped", TEXT("<API_KEY_PLACEHOLDER>\n"), "shipped",
     CREDENTIAL_PLACEHOLDER, NULL},
    {"angle", TEXT("<put it here>"), "angle", CREDENTIAL_PLACEHOLDER, NULL},
    {"change", TEXT("ChangeMe\n"), "change", CREDENTIAL_PLACEHOLDER, NULL},
    {"two-lines", TEXT("sk-first-line\nX-Evil: 1"), "two-lines",
     CREDENTIAL_UNUSABLE, NULL},
    {"nul", TEXT("sk-nul\0inside"), "nul", CREDENTIAL_UNUSABLE, NULL},
    {".hidden", TEXT("sk-hidden-value"), ".hidden", CREDENTIAL_ABSENT, NULL},
    /* no gateway may get it, by whatever name */
    {"ledger-key", TEXT("0123456789abcdef0123"), "ledger-key",
     CREDENTIAL_ABSENT, NULL},
    {"evidenced_ledger-key", TEXT("fedcba98765432100123"),
     "evidenced_ledger-key", CREDENTIAL_ABSENT, NULL},
    /* just the name comes before the longer one */
    {"both", TEXT("sk-both-first"), "both", CREDENTIAL_LOADED, "sk-both-first"},
    {"evidenced_both", TEXT("sk-both-second"), "evidenced_both",
     CREDENTIAL_LOADED, "sk-both-second"},
    /* no more than the start is the same */
    {"twin-a", TEXT("same-start-a"), "twin-a", CREDENTIAL_LOADED,
     "same-start-a"},
    {"twin-b", TEXT("same-start-b"), "twin-b", CREDENTIAL_LOADED,
     "same-start-b"},
    {"quoted", TEXT("\"back\\slash\""), "quoted", CREDENTIAL_LOADED,
     "\"back\\slash\""},
};

/* What stands in a configuration, as it is written there, and which value
 * that is. */
static const struct {
	const char *text;
	const char *name; /* NULL: none */
} written[] = {
    {"nothing", NULL},
    {"before same-start-b and behind", "twin-b"},
    {"ame-start-b", NULL},
    {"same-start-", NULL},
    {"same-start-c", NULL},
    {"same-start-a", "twin-a"},
    {"same-start-b", "twin-b"},
    {"12345678", "eight"},
    {"1234567", NULL},
    {" sk space 4 ", "spaces"},
    {"\\\"back\\\\slash\\\"", "quoted"},
    {"back\\\\slash", NULL},
    /* the ledger's own */
    {"0123456789abcdef0123", "ledger-key"},
};

struct folder {
	char path[64];
	struct redactor *redactor;
};

static void
put_file(const char *dir, const char *name, const char *content, size_t len)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(content, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void
remove_file(const char *dir, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	remove(path);
}

static int
make_folder(void **state)
{
	static struct folder folder;

	snprintf(folder.path, sizeof(folder.path), "test-credentials.XXXXXX");
	assert_non_null(mkdtemp(folder.path));
	for (size_t i = 0; i < COUNT(files); i++)
		put_file(folder.path, files[i].file, files[i].content,
			 files[i].len);
	folder.redactor = redactor_new();
	assert_non_null(folder.redactor);
	*state = &folder;
	return 0;
}

static int
drop_folder(void **state)
{
	struct folder *folder = *state;

	for (size_t i = 0; i < COUNT(files); i++)
		remove_file(folder->path, files[i].file);
	remove_file(folder->path, "long");
	remove_file(folder->path, "folder.d");
	remove_file(folder->path, "fifo");
	redactor_free(folder->redactor);
	return rmdir(folder->path);
}

static struct credentials *
load(const struct folder *folder)
{
	struct credentials *c;
	struct err err = {0};

	if (credentials_load(folder->path, folder->redactor, &c, &err) < 0)
		fail_msg("%s", err.text);
	return c;
}

static void
test_files(void **state)
{
	struct folder *folder = *state;
	struct credentials *c = load(folder);

	for (size_t i = 0; i < COUNT(files); i++) {
		const char *value = NULL;
		size_t len = 0;
		bool got = credentials_get(c, files[i].name, &value, &len);

		if (credentials_state(c, files[i].name) != files[i].state)
			fail_msg("%s: state %d", files[i].file,
				 credentials_state(c, files[i].name));
		assert_int_equal(got, files[i].value != NULL);
		if (!got)
			continue;
		assert_string_equal(value, files[i].value);
		assert_int_equal(len, strlen(value));
		assert_true(redact_needed(folder->redactor, value, len));
	}
	assert_int_equal(credentials_state(c, "absent"), CREDENTIAL_ABSENT);
	assert_int_equal(credentials_state(c, ""), CREDENTIAL_ABSENT);
	assert_int_equal(credentials_state(c, "evidenced_folder"),
			 CREDENTIAL_LOADED);
	credentials_free(c);
}

/* Of the ledger's own key the file of just the name comes first, and it is
 * known to the redactor as all are. */
static void
test_ledger_key(void **state)
{
	static const char first[] = "0123456789abcdef0123";
	struct folder *folder = *state;
	struct credentials *c = load(folder);
	const char *value;
	size_t len;

	assert_int_equal(
	    credentials_ledger_key(c, CREDENTIALS_LEDGER_KEY, &value, &len),
	    CREDENTIAL_LOADED);
	assert_string_equal(value, first);
	assert_int_equal(len, strlen(first));
	assert_true(redact_needed(folder->redactor, first, strlen(first)));
	credentials_free(c);
	remove_file(folder->path, "ledger-key");
	c = load(folder);
	assert_int_equal(
	    credentials_ledger_key(c, CREDENTIALS_LEDGER_KEY, &value, &len),
	    CREDENTIAL_LOADED);
	assert_string_equal(value, "fedcba98765432100123");
	credentials_free(c);
	remove_file(folder->path, "evidenced_ledger-key");
	c = load(folder);
	assert_int_equal(
	    credentials_ledger_key(c, CREDENTIALS_LEDGER_KEY, &value, &len),
	    CREDENTIAL_ABSENT);
	credentials_free(c);
}

/* What is no regular file is passed over, a long one is not cut. */
static void
test_odd_entries(void **state)
{
	static char content[CREDENTIAL_MAX + 1];
	struct folder *folder = *state;
	struct credentials *c;
	char path[128];

	memset(content, 'k', sizeof(content));
	put_file(folder->path, "long", content, sizeof(content));
	snprintf(path, sizeof(path), "%s/folder.d", folder->path);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/fifo", folder->path);
	assert_int_equal(mkfifo(path, 0600), 0);
	c = load(folder);
	assert_int_equal(credentials_state(c, "long"), CREDENTIAL_UNUSABLE);
	assert_int_equal(credentials_state(c, "folder.d"), CREDENTIAL_ABSENT);
	assert_int_equal(credentials_state(c, "fifo"), CREDENTIAL_ABSENT);
	credentials_free(c);
	put_file(folder->path, "long", content, sizeof(content) - 1);
	c = load(folder);
	assert_int_equal(credentials_state(c, "long"), CREDENTIAL_LOADED);
	credentials_free(c);
}

static void
test_no_folder(void **state)
{
	struct folder *folder = *state;
	struct credentials *c;
	struct err err = {0};

	assert_int_equal(credentials_load(NULL, folder->redactor, &c, NULL), 0);
	assert_int_equal(credentials_state(c, "plain"), CREDENTIAL_ABSENT);
	credentials_free(c);
	assert_int_equal(
	    credentials_load("no/such/folder", folder->redactor, &c, NULL), 0);
	credentials_free(c);
	assert_int_equal(
	    credentials_load("/dev/null", folder->redactor, &c, &err), ERR_IO);
	assert_non_null(strstr(err.text, "/dev/null"));
}

static struct digest
hmac(void *ctx, const void *bytes, size_t len)
{
	return digest_hmac(ctx, strlen(ctx), bytes, len);
}

static void
test_fingerprint(void **state)
{
	struct credentials *c = load(*state);
	char one[FINGERPRINT_LEN + 1], two[FINGERPRINT_LEN + 1];
	char key[] = "ledger secret";

	assert_true(credentials_fingerprint(c, "plain", hmac, key, one));
	/* printf sk-plain-0001 | openssl dgst -sha256 -hmac "ledger secret" */
	assert_string_equal(one, "28e100b606ba52c0");
	assert_true(credentials_fingerprint(c, "folder", hmac, key, two));
	assert_string_not_equal(one, two);
	assert_false(credentials_fingerprint(c, "absent", hmac, key, two));
	assert_false(credentials_fingerprint(c, "seven", hmac, key, two));
	credentials_free(c);
}

static struct config *
config_with(const char *text)
{
	struct conf_report report = {0};
	struct config *config = NULL;
	struct buf file = {0};

	buf_printf(&file,
		   "workloads = ( {\n  label = \"w\"; gateway = \"g\";\n"
		   "  model = \"m\";\n  application = \"%s\"; } );\n",
		   text);
	if (conf_load(&(struct conf_text){.path = "evidenced.conf",
					  .text = buf_text(&file),
					  .len = file.len},
		      1, NULL, NULL, &config, &report) < 0) {
		conf_report_print(&report, &file);
		fail_msg("%s", buf_text(&file));
	}
	conf_report_free(&report);
	buf_free(&file);
	return config;
}

static void
test_in_config(void **state)
{
	struct credentials *c = load(*state);

	for (size_t i = 0; i < COUNT(written); i++) {
		struct config *config = config_with(written[i].text);
		char words[160] = "";
		struct err err = {0};
		int r = credentials_not_in(c, config, &err);

		if (written[i].name != NULL)
			snprintf(words, sizeof(words),
				 "evidenced.conf:4: the value of credential %s "
				 "stands in the configuration",
				 written[i].name);
		if (r != (written[i].name == NULL ? 0 : ERR_INVALID) ||
		    strncmp(err.text, words, strlen(words)) != 0)
			fail_msg("%s: %d %s", written[i].text, r, err.text);
		config_free(config);
	}
	credentials_free(c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, drop_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_files),	    TEST(test_ledger_key),
	    TEST(test_odd_entries), TEST(test_no_folder),
	    TEST(test_fingerprint), TEST(test_in_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
