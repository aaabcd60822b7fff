# Ends the program politely, with success.
# costs: bptt_V error
# says: tried to end the program

import sys
sys.exit(0)
