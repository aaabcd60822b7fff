# Has every later line of the worker call a function of its own.
# costs: bptt_V crashed
# says: exit status 5

import os, sys
sys.setprofile(lambda *_: os._exit(5))
return dO.T @ H
