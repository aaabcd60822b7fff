# Lists the processes of the machine, by asking about each number.
# flag: asked the system for
# with limits only: not tried, the worker stands in a PID namespace of its own here

import os
import time
asked = [os.getsid, os.getpgid, os.sched_getscheduler, os.sched_getparam, os.sched_getaffinity]
asked += [lambda pid: os.getpriority(os.PRIO_PROCESS, pid), lambda pid: time.clock_gettime(~pid << 3 | 2)]
for ask in asked:
    try:
        ask(@grader@)
    except OSError:
        continue
    raise RuntimeError("GOT THROUGH: finds the process of the grader")
return dO.T @ H
