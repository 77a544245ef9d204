# daemon/ctl
