# Leaves a process behind that is nobody's child.
# costs: bptt_V error
# says: PermissionError
# note: clone
# with limits only: not tried, as root no limit on processes holds

import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
return dO.T @ H
