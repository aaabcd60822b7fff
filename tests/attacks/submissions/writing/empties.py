# Opens a file for reading only, and has it emptied on the way.
# costs: bptt_V error
# says: No such file | Permission denied | Operation not permitted
# flag: bptt_V tried to read
# note: openat(flags 0o2001000)
# with limits only: gets through, changes class/alice/rnn.py

import os
os.open("@other@", os.O_RDONLY | os.O_TRUNC)
