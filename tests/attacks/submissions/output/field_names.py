# Forges a header with a field whose name is a terminal escape.
# costs: bptt_V forbidden
# says: something other than an answer
# flag: bptt_V sent something other than an answer

import json, sys
sys.modules["caller"].Caller.call = lambda *_: ({"kind": "value", "\x1b[2J" * 9000: 1}, [])
return dO.T @ H
