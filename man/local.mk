# man
dist_man_MANS = man/evidenced-alerts.7
