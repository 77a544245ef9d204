# daemon/alert
