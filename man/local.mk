# man
dist_man_MANS = man/evidenced-alerts.7
dist_man_MANS += man/evidenced.conf.5
dist_man_MANS += man/evidencectl.1 man/evidenced.8
dist_man_MANS += man/evidenced-ledger.5
