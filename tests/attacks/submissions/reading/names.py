# Asks for the size of a file without opening it.
# costs: bptt_V error
# says: No such file
# with kernel filters: gets through, reads a file's size
# with limits only: gets through, reads a file's size

import os
raise RuntimeError(f"{os.stat('@other@').st_size} bytes")
