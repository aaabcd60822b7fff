# Sends itself the signal that cannot be caught, as the system does when memory runs out.
# costs: bptt_V memory
# says: ended by the operating system

import os, signal
os.kill(os.getpid(), signal.SIGKILL)
