# Claims that an argument was changed, and names it by a digit that is no number.
# costs: bptt_V fail
# says: changes its argument

import sys
sys.modules["arguments"].PlannedCall.changed = lambda _: ["\u00b2", "\u2460.x", "9" * 80]
return dO.T @ H
