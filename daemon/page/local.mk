# daemon/page
