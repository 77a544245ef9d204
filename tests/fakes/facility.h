/* What a test needs of its host, and the host lacks. */
#ifndef FAKES_FACILITY_H
#define FAKES_FACILITY_H

/* Says that `name` is missing; what the test's main then returns: 77, it is
 * skipped; or, where EVIDENCED_REQUIRE_ALL=1 says that none may be left out,
 * 1. */
int facility_missing(const char *name);

#endif
