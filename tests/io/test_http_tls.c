/* Certificates are always verified.  The server is openssl's own, with a
 * certificate made for the occasion.  77: that tool is missing, and
 * EVIDENCED_REQUIRE_ALL is not 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "facility.h"
#include "http_scene.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The tool, its port, and the folder with certificate and files. */
static struct {
	char dir[64];
	pid_t pid;
	int port;
} tls;

static const char *const files[] = {"key.pem", "cert.pem", "ok",
				    "away",    "keys.log", "openssl.cnf"};

static const char *
path_of(const char *name)
{
	static char path[2][128];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", tls.dir, name);
	return path[turn];
}

/* Starts openssl in the folder; its standard output is *ret_out. */
static pid_t
start(char *const argv[], int *ret_out)
{
	posix_spawn_file_actions_t actions;
	int out[2];
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) < 0)
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, tls.dir);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out[1], 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	close(out[1]);
	*ret_out = out[0];
	return pid;
}

static bool
have_tool(void)
{
	char *const argv[] = {(char[]){"openssl"}, (char[]){"version"}, NULL};
	int status = -1;
	pid_t pid;

	return posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) == 0 &&
	       waitpid(pid, &status, 0) == pid && status == 0;
}

static bool
make_certificate(void)
{
	char *const argv[] = {(char[]){"openssl"},
			      (char[]){"req"},
			      (char[]){"-x509"},
			      (char[]){"-newkey"},
			      (char[]){"ec"},
			      (char[]){"-pkeyopt"},
			      (char[]){"ec_paramgen_curve:prime256v1"},
			      (char[]){"-nodes"},
			      (char[]){"-keyout"},
			      (char[]){"key.pem"},
			      (char[]){"-out"},
			      (char[]){"cert.pem"},
			      (char[]){"-days"},
			      (char[]){"2"},
			      (char[]){"-subj"},
			      (char[]){"/CN=loopback"},
			      (char[]){"-addext"},
			      (char[]){"subjectAltName=IP:127.0.0.1"},
			      NULL};
	int out, status = -1;
	pid_t pid = start(argv, &out);

	if (pid < 0)
		return false;
	close(out);
	return waitpid(pid, &status, 0) == pid && status == 0;
}

/* Reads "ACCEPT 127.0.0.1:PORT".  `version`: the only one that it speaks;
 * NULL: those that the tool speaks by itself. */
static bool
start_server(char *version)
{
	char *const argv[] = {(char[]){"openssl"},
			      (char[]){"s_server"},
			      (char[]){"-accept"},
			      (char[]){"127.0.0.1:0"},
			      (char[]){"-key"},
			      (char[]){"key.pem"},
			      (char[]){"-cert"},
			      (char[]){"cert.pem"},
			      (char[]){"-HTTP"},
			      version,
			      NULL};
	char line[256];
	int out;
	FILE *f;

	tls.port = 0;
	tls.pid = start(argv, &out);
	if (tls.pid < 0)
		return false;
	f = fdopen(out, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		const char *port = strrchr(line, ':');

		if (strncmp(line, "ACCEPT", 6) == 0 && port != NULL) {
			tls.port = (int)strtol(port + 1, NULL, 10);
			break;
		}
	}
	/* The pipe stays open: the server goes on writing to it. */
	return tls.port > 0;
}

static void
stop_server(void)
{
	if (tls.pid > 0) {
		kill(tls.pid, SIGTERM);
		waitpid(tls.pid, NULL, 0);
	}
	tls.pid = 0;
}

static void
put_file(const char *name, const char *text)
{
	FILE *f = fopen(path_of(name), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* A host that allows every version, so that the client alone draws the line;
 * for both ends. */
static void
allow_old_versions(void)
{
	char here[256], path[400];

	put_file("openssl.cnf", "openssl_conf = init\n"
				"[init]\nssl_conf = ssl\n"
				"[ssl]\nsystem_default = all\n"
				"[all]\nMinProtocol = TLSv1\n"
				"CipherString = ALL:@SECLEVEL=0\n"
				"[req]\ndistinguished_name = name\n"
				"[name]\n");
	assert_non_null(getcwd(here, sizeof(here)));
	snprintf(path, sizeof(path), "%s/%s", here, path_of("openssl.cnf"));
	setenv("OPENSSL_CONF", path, 1);
}

static int
open_server(void **state)
{
	snprintf(tls.dir, sizeof(tls.dir), "test-http-tls.XXXXXX");
	if (mkdtemp(tls.dir) == NULL)
		return -1;
	signal(SIGPIPE, SIG_IGN);
	setenv("SSLKEYLOGFILE", path_of("keys.log"), 1);
	allow_old_versions();
	return make_certificate() && start_server(NULL) ? 0 : -1;
}

static int
close_server(void **state)
{
	stop_server();
	for (size_t i = 0; i < COUNT(files); i++)
		unlink(path_of(files[i]));
	return rmdir(tls.dir);
}

static const char *
url_of(const char *host, const char *path)
{
	static char url[128];

	snprintf(url, sizeof(url), "https://%s:%d%s", host, tls.port, path);
	return url;
}

static void
serve_ok(struct server *server, struct peer *peer)
{
	peer_puts(peer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

static enum transport
exchange(struct scene *s, const char *host)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost"};
	struct http_request r = scene_billable(url_of(host, "/ok"), "key");

	/* The tool's server reads the head alone. */
	r.method = "GET";
	r.body = NULL;
	r.hosts = hosts;
	r.n_hosts = 2;
	return scene_exchange(s, &r)->transport;
}

static void
test_unknown_issuer(void **state)
{
	struct scene s;

	scene_open(&s, NULL);
	assert_int_equal(exchange(&s, "127.0.0.1"), TRANSPORT_TLS);
	assert_int_equal(s.answers[0].status, 0);
	scene_close(&s);
}

static void
test_given_issuer(void **state)
{
	struct scene s;

	put_file("ok", "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nok");
	scene_open(&s, path_of("cert.pem"));
	assert_int_equal(exchange(&s, "127.0.0.1"), TRANSPORT_OK);
	assert_int_equal(s.answers[0].status, 200);
	assert_string_equal(buf_text(&s.answers[0].body), "ok");
	/* The keys of the session went nowhere. */
	assert_int_not_equal(access(path_of("keys.log"), F_OK), 0);
	scene_close(&s);
}

static void
test_wrong_name(void **state)
{
	struct scene s;

	scene_open(&s, path_of("cert.pem"));
	assert_int_equal(exchange(&s, "localhost"), TRANSPORT_TLS);
	scene_close(&s);
}

static void
test_no_tls_there(void **state)
{
	struct http_request r;
	struct scene s;
	char url[64];

	scene_open(&s, NULL);
	s.servers[0].serve = serve_ok;
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/", s.servers[0].port);
	r = scene_billable(url, "key");
	r.timeout_ms = 500;
	scene_exchange(&s, &r);
	assert_true(s.answers[0].transport == TRANSPORT_TLS ||
		    s.answers[0].transport == TRANSPORT_TIMEOUT);
	assert_int_equal(s.servers[0].requests, 0);
	scene_close(&s);
}

/* A page that moved to plain HTTP is not read there. */
static void
test_redirect_to_plain(void **state)
{
	struct http_request r;
	struct scene s;
	char text[256];

	scene_open(&s, path_of("cert.pem"));
	s.servers[0].serve = serve_ok;
	snprintf(text, sizeof(text),
		 "HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:%d/\r\n\r\n",
		 s.servers[0].port);
	put_file("away", text);
	r = scene_request(url_of("127.0.0.1", "/away"));
	r.max_redirects = 5;
	scene_exchange(&s, &r);
	assert_int_equal(s.answers[0].transport, TRANSPORT_INSECURE);
	assert_int_equal(s.answers[0].status, 302);
	assert_int_equal(s.servers[0].connections, 0);
	scene_close(&s);
}

/* What is older than TLS 1.2 gets no request. */
static void
test_old_versions(void **state)
{
	const struct {
		char *version;
		enum transport wanted;
	} servers[] = {
	    {(char[]){"-tls1"}, TRANSPORT_TLS},
	    {(char[]){"-tls1_1"}, TRANSPORT_TLS},
	    {(char[]){"-tls1_2"}, TRANSPORT_OK},
	    {(char[]){"-tls1_3"}, TRANSPORT_OK},
	};
	struct scene s;

	put_file("ok", "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nok");
	for (size_t i = 0; i < COUNT(servers); i++) {
		stop_server();
		assert_true(start_server(servers[i].version));
		scene_open(&s, path_of("cert.pem"));
		if (exchange(&s, "127.0.0.1") != servers[i].wanted)
			fail_msg("%s: %s", servers[i].version,
				 transport_name(s.answers[0].transport));
		scene_close(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_unknown_issuer),
	    cmocka_unit_test(test_given_issuer),
	    cmocka_unit_test(test_wrong_name),
	    cmocka_unit_test(test_no_tls_there),
	    cmocka_unit_test(test_redirect_to_plain),
	    cmocka_unit_test(test_old_versions), /* the last: other servers */
	};

	if (!have_tool())
		return facility_missing("openssl");
	return cmocka_run_group_tests(tests, open_server, close_server);
}
