# Sends itself SIGTERM, as a batch system does.
# costs: bptt_V crashed
# says: SIGTERM

import os, signal
os.kill(os.getpid(), signal.SIGTERM)
