/* A line of the control protocol, from a client or to it: what is understood
 * is understood the same way when it is said again. */
#include "fuzz.h"

#include "ctl/request.h"

#include <string.h>

static void
say_again(const struct ctl_request *request)
{
	struct ctl_request twice;
	struct buf line = {0};

	/* Control characters are for whoever uses the text to refuse. */
	if (ctl_request_encode(request, &line) == 0) {
		HOLDS(ctl_request_decode(line.data, line.len, &twice, NULL) ==
		      0);
		HOLDS(twice.command == request->command);
		HOLDS(strcmp(twice.name, request->name) == 0);
		HOLDS(strcmp(twice.nonce, request->nonce) == 0);
		HOLDS(strcmp(twice.note, request->note) == 0);
		HOLDS(twice.wait == request->wait);
		HOLDS(twice.force == request->force);
	}
	buf_free(&line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *line = (const char *)data;
	struct ctl_request request;
	char *text;
	int status;

	if (ctl_request_decode(line, size, &request, NULL) == 0)
		say_again(&request);
	if (ctl_reply_decode(line, size, &status, &text, NULL) == 0) {
		HOLDS(status >= 0 && status <= 255);
		free(text);
	}
	return 0;
}
