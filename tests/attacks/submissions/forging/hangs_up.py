# Closes its connection to the grader, and goes on.
# costs: bptt_V forbidden
# says: closed its connection
# flag: bptt_V closed its connection

import os, time
os.closerange(3, 4096)
time.sleep(60)
