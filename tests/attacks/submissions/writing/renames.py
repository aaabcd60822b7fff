# Puts its own submission in the place of another.
# costs: bptt_V error
# says: No such file | Permission denied | Operation not permitted
# note: rename
# with limits only: gets through, changes class/mallory/rnn.py, changes class/alice/rnn.py

import os
os.rename("@class@/mallory/rnn.py", "@other@")
