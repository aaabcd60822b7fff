# Has the worker's own JSON claim that another task was answered.
# costs: bptt_V forbidden
# says: out of turn
# flag: bptt_V sent something other than an answer

import sys
encoder = sys.modules["wire"]._ENCODER
honest = encoder.encode
encoder.encode = lambda messages: honest([{**message, "call": "bptt_W/plain"} for message in messages])
return dO.T @ H
