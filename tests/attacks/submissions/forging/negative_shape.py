# Sends an array whose sizes are negative, so that their product fits.
# costs: bptt_V forbidden
# says: an array of shape
# flag: bptt_V sent something other than an answer

import sys
sys.modules["caller"].part_of = lambda _: ({"shape": [-1, -1], "dtype": "float64", "other": ""}, bytes(8))
return dO.T @ H
