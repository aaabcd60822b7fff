# Sends an array whose sizes are negative, so that their product fits.
# costs: bptt_V forbidden
# says: a header that is none
# flag: bptt_V sent something other than an answer

import sys
sys.modules["caller"].parts_of = lambda _: ("", [{"shape": [-1, -1]}], [bytes(8)])
return dO.T @ H
