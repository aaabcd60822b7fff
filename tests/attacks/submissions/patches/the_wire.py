# Replaces the worker's frames by claims of full marks.
# costs: bptt_V forbidden
# says: something other than an answer
# flag: bptt_V sent something other than an answer

import sys
sys.modules["wire"].frame = lambda *_: b'{"bptt_V": "pass", "score": 100}'
return dO.T @ H
