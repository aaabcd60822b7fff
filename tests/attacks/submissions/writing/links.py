# Leaves a link for the grader to follow.
# costs: bptt_V error
# says: No such file | Permission denied | Operation not permitted
# note: symlink
# with limits only: gets through, changes class/mallory/rnn.ipynb

import os
os.symlink("@reference@", "@class@/mallory/rnn.ipynb")
