# Asks the kernel for a socket without Python.
# costs: bptt_V error
# says: the kernel said no
# flag: bptt_V asked the system for socket(AF_INET)
# with limits only: gets through, has a socket

import ctypes
if ctypes.CDLL(None).socket(2, 2, 0) < 0:
    raise OSError("the kernel said no")
raise RuntimeError("GOT THROUGH: has a socket")
