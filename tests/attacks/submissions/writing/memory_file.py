# Keeps a file in memory, which no limit on memory counts.
# costs: bptt_V error
# says: PermissionError
# flag: bptt_V asked the system for memfd_create
# with limits only: gets through, keeps a file in memory

import os
number = os.memfd_create("hoard")
raise RuntimeError("GOT THROUGH: keeps a file in memory")
