# Gives its process a name of no encoding that reads like another state of it, and sleeps.
# costs: bptt_V timeout
# says: did not answer

import ctypes
import time
assert ctypes.CDLL(None).prctl(15, b"\xff) R 1 1 (\n", 0, 0, 0) == 0
time.sleep(1000)
