# daemon/check
