# Never returns from a single operation, so that no handler of Python's gets a turn.
# costs: bptt_V timeout
# says: s of CPU at one go | did not answer

import re
return re.match("(a+)+$", "a" * 64 + "b")
