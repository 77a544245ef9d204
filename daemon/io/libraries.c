/* Nothing here is a list of wishes: each word is asked of a library that is
 * loaded, or was given by the compiler.  libconfig and libsystemd have no
 * function that tells their version. */
#include "io/libraries.h"

#include <json-c/json.h>
#include <libconfig.h>
#include <openssl/crypto.h>
#include <sqlite3.h>

#include "config.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZERS "on"
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZERS "on"
#endif
#endif
#ifndef SANITIZERS
#define SANITIZERS "off"
#endif

#ifdef NDEBUG
#define ASSERTIONS "off"
#else
#define ASSERTIONS "on"
#endif

void
libraries_text(struct buf *out)
{
	buf_printf(
	    out,
	    "libraries: json-c %s, OpenSSL %s, SQLite %s; as built: "
	    "libconfig %d.%d.%d, libsystemd %s\n"
	    "build: assertions " ASSERTIONS ", sanitizers " SANITIZERS "\n",
	    json_c_version(), OpenSSL_version(OPENSSL_VERSION_STRING),
	    sqlite3_libversion(), LIBCONFIG_VER_MAJOR, LIBCONFIG_VER_MINOR,
	    LIBCONFIG_VER_REVISION, LIBSYSTEMD_VERSION);
}
