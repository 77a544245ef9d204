/* How grave an alert is, as lines, rows and the journal say it. */
#ifndef ALERT_SEVERITY_H
#define ALERT_SEVERITY_H

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_CRITICAL };

const char *severity_name(enum severity severity); /* "critical" */
char severity_letter(enum severity severity);	   /* 'C' */
int severity_priority(enum severity severity);	   /* syslog: 2, 4, 5 */
/* -1 for an unknown name. */
int severity_by_name(const char *name);

#endif
