# Stops without ending, so that whoever waits for the end waits for ever.
# costs: bptt_V timeout
# says: did not answer

import os, signal
os.kill(os.getpid(), signal.SIGSTOP)
