# Gives the worker builtins that lie about sizes and types.
# costs: bptt_V crashed
# says: exit status 70

import builtins
builtins.len = lambda _: 0
builtins.isinstance = lambda *_: True
return dO.T @ H
