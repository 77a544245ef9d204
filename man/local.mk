# man
man_MANS = man/evidenced-alerts.7
EXTRA_DIST += man/evidenced-alerts.7
