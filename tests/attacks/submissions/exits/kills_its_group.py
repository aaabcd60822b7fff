# Sends SIGKILL to its process group, which the worker may be in.
# costs: bptt_V error
# says: PermissionError
# flag: bptt_V asked the system for kill(process 0, SIGKILL)
# with limits only: not tried, it would end the worker

import os, signal
os.kill(0, signal.SIGKILL)
