# Replaces itself by a program of the machine, which no limit of Python's reaches.
# costs: bptt_V error
# says: PermissionError
# flag: execve
# with limits only: gets through, changes class/mallory/ran

import os
os.execv("/bin/sh", ["sh", "-c", ": > @class@/mallory/ran"])
