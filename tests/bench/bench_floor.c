/* What a happy run costs where nothing is decided: the system calls that its
 * evidence cannot do without, and nothing else.
 *
 * usage: bench_floor FILE PORT REQUEST RUNS; prints the microseconds of CPU a
 * run.  A run is two rows appended and made durable, one before the request
 * and one behind the answer, each sent to the journal, and the request itself
 * over a kept connection.  REQUEST is a file that holds all its bytes. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { ROW_BYTES = 860, ENTRY_BYTES = 1792, ANSWER_MAX = 64 * 1024 };

struct floor {
	int file, journal, server;
	char request[4096];
	size_t request_len;
};

static _Noreturn void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
open_journal(struct floor *f)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX,
				 .sun_path = "/run/systemd/journal/socket"};

	f->journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (connect(f->journal, (struct sockaddr *)&to, sizeof(to)) < 0)
		die(to.sun_path);
}

static void
open_server(struct floor *f, const char *port)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port =
				     htons((uint16_t)strtoul(port, NULL, 10)),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	f->server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(f->server, (struct sockaddr *)&to, sizeof(to)) < 0)
		die("the server");
}

static void
read_request(struct floor *f, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, f->request, sizeof(f->request));

	if (n <= 0)
		die(path);
	f->request_len = (size_t)n;
	close(fd);
}

static void
record(const struct floor *f)
{
	static const char row[ROW_BYTES];
	char entry[ENTRY_BYTES];

	if (write(f->file, row, sizeof(row)) < 0 || fdatasync(f->file) < 0)
		die("the row");
	memset(entry, 'x', sizeof(entry));
	memcpy(entry, "MESSAGE=", 8);
	entry[sizeof(entry) - 1] = '\n';
	if (send(f->journal, entry, sizeof(entry), MSG_NOSIGNAL) < 0)
		die("the journal");
}

static void
ask(const struct floor *f)
{
	char answer[ANSWER_MAX];

	if (send(f->server, f->request, f->request_len, MSG_NOSIGNAL) < 0 ||
	    recv(f->server, answer, sizeof(answer), 0) <= 0)
		die("the server");
	if (strncmp(answer, "HTTP/1.1 200", 12) != 0) {
		fprintf(stderr, "bench_floor: %.40s\n", answer);
		exit(1);
	}
}

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

int
main(int argc, char **argv)
{
	struct floor f;
	double start;
	int runs;

	if (argc != 5)
		return 2;
	f.file = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (f.file < 0)
		die(argv[1]);
	open_server(&f, argv[2]);
	open_journal(&f);
	read_request(&f, argv[3]);
	runs = (int)strtol(argv[4], NULL, 10);
	start = cpu_us();
	for (int i = 0; i < runs; i++) {
		record(&f);
		ask(&f);
		record(&f);
	}
	printf("%.0f\n", (cpu_us() - start) / runs);
	return 0;
}
