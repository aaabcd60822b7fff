# Ends the process with a status of its own.
# costs: bptt_V crashed
# says: exit status 3

import os
os._exit(3)
