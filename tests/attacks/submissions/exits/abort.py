# Aborts.
# costs: bptt_V crashed
# says: SIGABRT

import os
os.abort()
