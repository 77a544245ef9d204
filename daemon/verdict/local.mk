# daemon/verdict
