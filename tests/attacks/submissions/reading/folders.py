# Lists the class, to see who is in it.
# costs: bptt_V error
# says: No such file | Permission denied
# flag: bptt_V tried to read
# with limits only: gets through, reads the class

import os
raise RuntimeError(os.listdir("@class@"))
