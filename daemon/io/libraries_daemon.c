/* Apart from the others, so that evidencectl is not linked with these. */
#include "io/libraries.h"

#include <curl/curl.h>
#include <event2/event.h>

static void
put_feature(struct buf *out, const char *name, const char *version)
{
	if (version != NULL && version[0] != '\0')
		buf_printf(out, ", %s %s", name, version);
	else
		buf_printf(out, ", no %s", name);
}

void
libraries_daemon_text(struct buf *out)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);

	buf_printf(out, "loop: libevent %s\n", event_get_version());
	buf_printf(out, "http: libcurl %s, TLS by %s", curl->version,
		   curl->ssl_version == NULL ? "nobody" : curl->ssl_version);
	put_feature(out, "nghttp2", curl->nghttp2_version);
	put_feature(out, "zlib", curl->libz_version);
	put_feature(out, "brotli", curl->brotli_version);
	put_feature(out, "zstd", curl->zstd_version);
	buf_putc(out, '\n');
}
