# Reads the memory of the process that forked it.
# costs: bptt_V error
# says: No such file | Permission denied
# flag: bptt_V tried to read /proc/
# with limits only: not tried, it has numbers of its own for processes there

import os
raise RuntimeError(open(f"/proc/{os.getppid()}/maps").read(200))
