# Forks, and its children fork.
# costs: bptt_V error
# says: PermissionError
# note: clone
# with limits only: not tried, as root no limit on processes holds

import os
while True:
    os.fork()
