# daemon/sched
