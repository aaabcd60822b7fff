# Ends the process in the default of an argument, while the file is loaded.
# in: end
# costs: nothing
# note: exit status 3; loading went on without it

import os

def helper(x=os._exit(3)):
    return x
