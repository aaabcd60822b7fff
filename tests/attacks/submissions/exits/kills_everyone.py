# Sends SIGTERM to every process that it may signal.
# costs: bptt_V error
# says: PermissionError
# flag: bptt_V asked the system for kill(process -1, SIGTERM)
# with limits only: not tried, it would end everything that the user runs

import os, signal
os.kill(-1, signal.SIGTERM)
