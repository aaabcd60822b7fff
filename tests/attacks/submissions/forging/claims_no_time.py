# Says of its own process that it has used no time, and loops.
# costs: bptt_V timeout
# says: s of CPU at one go | did not answer

import time
time.process_time = lambda: -1e9
while True:
    pass
