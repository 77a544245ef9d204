# daemon/ledger
