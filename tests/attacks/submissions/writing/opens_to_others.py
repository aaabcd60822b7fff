# Gives everybody rights to the results.
# costs: bptt_V error
# says: No such file | Permission denied | Operation not permitted
# note: chmod
# with limits only: gets through, changes results/grades.csv

import os
os.chmod("@results@/grades.csv", 0o666)
