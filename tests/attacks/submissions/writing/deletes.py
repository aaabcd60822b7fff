# Deletes the results.
# costs: bptt_V error
# says: No such file | Permission denied | Operation not permitted
# note: unlink
# with limits only: gets through, changes results/grades.csv

import os
os.unlink("@results@/grades.csv")
