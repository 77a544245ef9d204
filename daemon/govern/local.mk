# daemon/govern
