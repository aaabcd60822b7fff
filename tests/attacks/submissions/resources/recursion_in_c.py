# Switches off the limit, and calls itself until the stack is full.
# costs: bptt_V crashed
# says: SIGSEGV

import sys
sys.setrecursionlimit(10**9)

class Deep:
    def __repr__(self):
        return repr(self)

return repr(Deep())
